import type { FaultWindow } from '../checker/evidence.ts';

/** What was broken, from when to when, as the checker is told. Times of the wall clock. */
export class FaultLog {
  readonly windows: FaultWindow[] = [];

  note(kind: string, target: string, at: number, healedAt: number): void {
    this.windows.push({ kind, target, at, healedAt });
  }

  /** When the last one has healed; `start` without any. */
  lastHeal(start: number): number {
    return this.windows.reduce((last, { healedAt }) => Math.max(last, healedAt ?? Infinity), start);
  }
}
