import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../src/application/ports/clock.ts';
import { storageUnavailable } from '../../src/application/ports/storage-error.ts';
import type { CommitOutcomeUnknown, StorageUnavailable } from '../../src/application/ports/storage-error.ts';
import type { Seeded } from '../workload/seeded.ts';

const gone = new Error('the database is gone');

/** The way to the database and back: calls take a while, find it down, or lose the answer to their COMMIT. */
export class FaultyCalls {
  private downUntil = Number.NEGATIVE_INFINITY;
  private answersLost = { left: 0, until: Number.NEGATIVE_INFINITY };

  constructor(
    private readonly clock: Clock,
    private readonly random: Seeded,
  ) {}

  down(forMs: number): void {
    this.downUntil = Math.max(this.downUntil, this.clock.monotonic() + forMs);
  }

  loseAnswers(calls: number, forMs: number): void {
    this.answersLost = { left: calls, until: this.clock.monotonic() + forMs };
  }

  read<E, A>(action: string, inner: TaskEither<E, A>): TaskEither<E | StorageUnavailable, A> {
    return async () => {
      await this.travel();
      return this.isDown ? E.left(storageUnavailable(action, gone)) : inner();
    };
  }

  write<E, A>(action: string, inner: TaskEither<E, A>): TaskEither<E | StorageUnavailable | CommitOutcomeUnknown, A> {
    return async (): Promise<Either<E | StorageUnavailable | CommitOutcomeUnknown, A>> => {
      await this.travel();
      if (this.isDown) return E.left(storageUnavailable(action, gone));
      const outcome = await inner();
      if (E.isRight(outcome) && this.answersLost.left > 0 && this.clock.monotonic() < this.answersLost.until) {
        this.answersLost.left -= 1;
        return E.left({ _tag: 'CommitOutcomeUnknown', action, cause: gone });
      }
      await this.travel();
      return outcome;
    };
  }

  private get isDown(): boolean {
    return this.clock.monotonic() < this.downUntil;
  }

  /** Now and then it takes as long as a lock or a slow disk makes it. */
  private travel(): Promise<void> {
    return this.clock.sleep(this.random.chance(0.02) ? this.random.int(20, 400) : 1 + this.random.unit());
  }
}
