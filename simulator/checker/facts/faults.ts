import type { Evidence, FaultWindow } from '../evidence.ts';

/** By start; those that hit a process, and so may delay everything. */
export const systemFaults = (evidence: Evidence): readonly FaultWindow[] =>
  evidence.faults.rows.filter(({ target }) => target !== 'topic').sort((a, b) => a.at - b.at);

/** By start; those that may delay or repeat the publishing. A consumer that dies has no part in it. */
export const publishingFaults = (evidence: Evidence): readonly FaultWindow[] =>
  systemFaults(evidence).filter(({ target }) => !evidence.run.consumers.includes(target));

/** True when a fault was open at any moment of `from` to `to`, both included. */
export const anyOpen = (faults: readonly FaultWindow[], from: number, to: number): boolean =>
  faults.some(({ at, healedAt }) => at <= to && (healedAt ?? Infinity) >= from);
