import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Pace } from '../operations/pace.ts';
import type { InboxRetention, InboxWindow } from '../ports/inbox-retention.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import type { DependencyUnavailable } from './subscription.ts';

/** The inbox outlives the topic by so much: deleting from a topic is late by up to a segment. */
export const BEYOND_TOPIC_MS = 86_400_000;

export interface PurgeInboxDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly retention: InboxRetention;
  /** How long the topic keeps its records; Infinity: for ever. */
  readonly topicKeepsForMs: TaskEither<DependencyUnavailable, number>;
}

export interface InboxPurged {
  readonly rows: number;
  readonly cutoff: string;
}

/**
 * Removes inbox rows older than `olderThanMs`, or older than the topic can bear, whichever is more: while a record can be
 * read again, its row says that it was applied, and with which content. Nothing goes while the topic cannot be asked, or
 * keeps its records for ever.
 */
export class PurgeInbox {
  constructor(private readonly dependencies: PurgeInboxDependencies) {}

  handle(olderThanMs: number, pace: Pace): TaskEither<UnitOfWorkError | DependencyUnavailable, InboxPurged> {
    const { topicKeepsForMs, retention } = this.dependencies;
    return pipe(
      topicKeepsForMs,
      TE.map((topicMs) => Math.max(olderThanMs, topicMs + BEYOND_TOPIC_MS)),
      TE.flatMap((ms): TaskEither<UnitOfWorkError | DependencyUnavailable, InboxPurged> =>
        ms === Infinity
          ? TE.right({ rows: 0, cutoff: 'never: the topic keeps its records for ever' })
          : pipe(
              retention.cutoff(ms),
              TE.flatMap((cutoff) => () => this.walk(cutoff, pace)),
            ),
      ),
    );
  }

  private async walk(cutoff: string, pace: Pace): Promise<Either<UnitOfWorkError, InboxPurged>> {
    const { retention, unitOfWork } = this.dependencies;
    let rows = 0;
    for (let after: string | undefined = ''; after !== undefined;) {
      const chunk = await pace.next();
      if (chunk === 0) break;
      const look: Either<StorageUnavailable, InboxWindow> = await retention.look(cutoff, after, chunk)();
      if (E.isLeft(look)) return look;
      const { old, next }: InboxWindow = look.right;
      if (old.length > 0) {
        // Rerun after an unknown COMMIT it finds the rows gone.
        const options = { action: 'purge the inbox', rerunAfterUnknownCommit: true };
        const removed = await unitOfWork.run(options, (tx) => retention.remove(tx, cutoff, old))();
        if (E.isLeft(removed)) return removed;
        rows += removed.right;
      }
      after = next;
    }
    return E.right({ rows, cutoff });
  }
}
