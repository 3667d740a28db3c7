import * as E from 'fp-ts/lib/Either.js';
import { describeCause } from '../describe-cause.ts';
import type { Clock } from '../ports/clock.ts';
import type { Finding, StartCheck } from '../ports/start-check.ts';

export type CheckState =
  | { readonly _tag: 'Waiting' }
  | { readonly _tag: 'Passed'; readonly warnings: readonly Finding[] }
  /** Cannot be reached, or does not work for now; it may come back by itself. */
  | { readonly _tag: 'Failing'; readonly reason: string }
  | { readonly _tag: 'Misconfigured'; readonly findings: readonly Finding[] };

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: readonly { readonly name: string; readonly state: CheckState }[];
}

/** Something about this process itself that is looked at for each report; undefined: all is well. */
export interface LiveProbe {
  readonly name: string;
  readonly problem: () => string | undefined;
}

/** Pause before a failed check is asked again. */
const RETRY_MS = 500;

/**
 * Asks every check until it passes and then again and again. Two answers come out of it:
 * - `report().ready`: everything passed when last asked; for load balancers.
 * - `admits()`: work may be started. False until every check has passed once, and while one finds something set
 *   up wrongly. A server that merely cannot be reached does not withdraw it: requests then fail one by one.
 */
export class Readiness {
  private readonly states = new Map<string, CheckState>();
  private readonly passedOnce = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private readonly stopping = new AbortController();
  private loops: readonly Promise<void>[] = [];

  constructor(
    private readonly checks: readonly StartCheck[],
    private readonly clock: Clock,
    private readonly probes: readonly LiveProbe[] = [],
  ) {
    for (const check of checks) this.states.set(check.name, { _tag: 'Waiting' });
  }

  start(): void {
    this.loops = this.checks.map((check) => this.watch(check));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  /** Calls `listener` after each change of any check's state. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  report(): ReadinessReport {
    const probed = this.probes.map(({ name, problem }): { name: string; state: CheckState } => {
      const reason = problem();
      return { name, state: reason === undefined ? { _tag: 'Passed', warnings: [] } : { _tag: 'Failing', reason } };
    });
    const checks = [...Array.from(this.states, ([name, state]) => ({ name, state })), ...probed];
    return { ready: checks.every(({ state }) => state._tag === 'Passed'), checks };
  }

  admits(): boolean {
    const misconfigured = [...this.states.values()].some(({ _tag }) => _tag === 'Misconfigured');
    return !misconfigured && this.passedOnce.size === this.checks.length;
  }

  private async watch(check: StartCheck): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const state = await this.ask(check);
      this.settle(check.name, state);
      await this.clock.sleep(state._tag === 'Passed' ? check.recheckMs : RETRY_MS, signal);
    }
  }

  private async ask(check: StartCheck): Promise<CheckState> {
    try {
      const answer = await check.run();
      if (E.isLeft(answer)) return { _tag: 'Failing', reason: answer.left.reason };
      const findings = answer.right;
      return findings.some(({ isWarning }) => isWarning !== true)
        ? { _tag: 'Misconfigured', findings }
        : { _tag: 'Passed', warnings: findings };
    } catch (defect) {
      return { _tag: 'Failing', reason: `the check itself failed: ${describeCause(defect)}` };
    }
  }

  private settle(name: string, state: CheckState): void {
    const before = this.states.get(name);
    this.states.set(name, state);
    if (state._tag === 'Passed') this.passedOnce.add(name);
    if (JSON.stringify(before) !== JSON.stringify(state)) for (const listener of this.listeners) listener();
  }
}
