import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../ports/clock.ts';
import type { JanitorObserver } from '../ports/janitor-observer.ts';
import type { JanitorTurns, Turn } from '../ports/janitor-turn.ts';
import { ConsideratePace } from './considerate-pace.ts';
import type { Pace } from './pace.ts';

export interface Purged {
  readonly rows: number;
  /** Only what is older went. RFC 3339 UTC. */
  readonly cutoff: string;
}

/** Nothing is half done: what went is gone and on record, the rest is there. */
export interface PurgeFailure {
  readonly _tag: string;
  readonly cause?: unknown;
}

export interface JanitorDependencies {
  /** One run, at the given pace. */
  readonly purge: (pace: Pace) => TaskEither<PurgeFailure, Purged>;
  readonly turns: JanitorTurns;
  readonly observer: JanitorObserver;
  readonly clock: Clock;
}

/**
 * Removes what is old, again and again, at a pace that leaves the storage to the others. Of several
 * janitors one works; the others look again after their pause. What fails is tried again then.
 */
export class Janitor {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly dependencies: JanitorDependencies,
    /** Pause between two runs. */
    private readonly everyMs: number,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Begins no chunk any more; resolves when the one at work is done, at the latest after `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopping.abort();
    const stopped = new AbortController();
    const done = (this.running ?? Promise.resolve()).finally(() => stopped.abort());
    await Promise.race([done, this.dependencies.clock.sleep(deadlineMs, stopped.signal)]);
  }

  private async run(): Promise<void> {
    const { clock, observer } = this.dependencies;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.takeTurn();
      } catch (defect) {
        observer.failed('purge', defect);
      }
      await clock.sleep(this.everyMs, signal);
    }
  }

  private async takeTurn(): Promise<void> {
    const { turns, observer } = this.dependencies;
    const taken = await turns.take()();
    if (E.isLeft(taken)) observer.failed(taken.left.action, taken.left.cause);
    else if (taken.right === undefined) observer.stoodBy();
    else
      try {
        await this.purge(taken.right);
      } finally {
        await taken.right.end();
      }
  }

  private async purge(turn: Turn): Promise<void> {
    const { purge, observer, clock } = this.dependencies;
    const startedAt = clock.monotonic();
    const purged = await purge(whileHeld(turn, new ConsideratePace(clock, this.stopping.signal)))();
    if (E.isRight(purged)) observer.ran({ ...purged.right, tookMs: clock.monotonic() - startedAt });
    else observer.failed(`purge: ${purged.left._tag}`, purged.left.cause);
  }
}

/** Ends when the turn is over, before another janitor's chunk meets one of this. */
const whileHeld = (turn: Turn, pace: Pace): Pace => ({
  next: async () => {
    const rows = await pace.next();
    return rows > 0 && (await turn.isHeld()) ? rows : 0;
  },
});
