import type { Evidence } from '../evidence.ts';
import { systemFaults } from './faults.ts';

/** The longest anything may take when nothing is broken (requirements: the whole way in a minute). */
export const ONE_MINUTE_MS = 60_000;

/** When the last fault had healed: `Infinity` while one is open, `-Infinity` without any. */
export const lastHealAt = (evidence: Evidence): number =>
  systemFaults(evidence).reduce((last, { healedAt }) => Math.max(last, healedAt ?? Infinity), -Infinity);

/** True when something that waited since `since` had its minute, counted from the last heal, before the outbox was read. */
export const hadItsMinute = (evidence: Evidence, since: number): boolean =>
  evidence.outboxReadAt - Math.max(since, lastHealAt(evidence)) > ONE_MINUTE_MS;
