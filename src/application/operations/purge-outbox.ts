import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { AuditLog } from '../ports/outbox-operations.ts';
import type { OutboxRetention, PurgeableRow, PurgeRun, PurgeWindow } from '../ports/outbox-retention.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import { steadyPace } from './pace.ts';
import type { Pace } from './pace.ts';

/** Rows that one transaction removes, at most: short locks, and nothing long to roll back. */
export const PURGE_CHUNK = 1_000;

/**
 * No purge takes what was published less than an hour ago. A COMPLETED row is the only record of where its event went
 * in the log, and there are readers of it: `explain` and operators while they look into what just happened, and a
 * relay that repeats an acknowledgement whose answer was lost. An hour is far beyond the minute that an event may take
 * on its whole way.
 */
export const SHORTEST_RETENTION_MS = 3_600_000;

export interface PurgeRequest {
  readonly actor: string;
  /** At least the shortest retention. */
  readonly olderThanMs: number;
  /** At most this many rows. */
  readonly limit: number;
  /** Count only: change nothing, record nothing. */
  readonly dryRun: boolean;
  /** False: a run is put on record only once it finds something to remove, so that one who looks often leaves no heap of records. */
  readonly recordsIdleRun: boolean;
}

export interface PurgeReport {
  readonly cutoff: string;
  readonly dryRun: boolean;
  /** Removed; of a dry run, those that would go now. */
  readonly rows: number;
}

export interface RetentionTooShort {
  readonly _tag: 'RetentionTooShort';
  readonly olderThanMs: number;
  readonly shortestMs: number;
}

export type PurgeError = UnitOfWorkError | RetentionTooShort;

export interface PurgeDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly retention: OutboxRetention;
  readonly audit: AuditLog;
  /** `SHORTEST_RETENTION_MS` unless told: tests cannot wait for an hour. */
  readonly shortestRetentionMs?: number;
}

/** What is done with the rows of one look; answers how many have gone so far. */
type Take = (rows: readonly PurgeableRow[]) => TaskEither<UnitOfWorkError, number>;

/**
 * The janitor's work: removes events that were published long ago, a chunk a transaction, each order from its first
 * event on. The run and its audit row are written before anything goes. A run that breaks off has removed what its
 * record says; another one goes on where it stopped. Two at once do no harm.
 */
export class PurgeOutbox {
  constructor(private readonly dependencies: PurgeDependencies) {}

  handle(
    { actor, olderThanMs, limit, dryRun, recordsIdleRun }: PurgeRequest,
    pace: Pace = steadyPace(PURGE_CHUNK),
  ): TaskEither<PurgeError, PurgeReport> {
    const { retention, shortestRetentionMs: shortestMs = SHORTEST_RETENTION_MS } = this.dependencies;
    if (!(olderThanMs >= shortestMs)) return TE.left({ _tag: 'RetentionTooShort', olderThanMs, shortestMs });
    return pipe(
      retention.cutoff(olderThanMs),
      TE.bindTo('cutoff'),
      TE.bindW('take', ({ cutoff }): TaskEither<UnitOfWorkError, Take> => {
        if (dryRun) return TE.right(counting());
        return recordsIdleRun ? this.removing(actor, cutoff) : TE.right(once(this.removing(actor, cutoff)));
      }),
      TE.bindW('rows', ({ cutoff, take }) => this.walk(cutoff, limit, take, pace)),
      TE.map(({ cutoff, rows }) => ({ cutoff, dryRun, rows })),
    );
  }

  private removing(actor: string, cutoff: string): TaskEither<UnitOfWorkError, Take> {
    const { unitOfWork, retention, audit } = this.dependencies;
    const reason = `published before ${cutoff}`;
    return pipe(
      unitOfWork.run({ action: 'begin purge', rerunAfterUnknownCommit: false }, (tx) =>
        pipe(
          retention.begin(tx, actor, cutoff),
          TE.tap(() => audit.record(tx, { actor, action: 'purge', eventId: null, reason })),
        ),
      ),
      TE.map(
        (run: PurgeRun): Take =>
          (rows) =>
            // Rerun after an unknown COMMIT it finds the rows gone, and counts none of them twice.
            unitOfWork.run({ action: 'purge', rerunAfterUnknownCommit: true }, (tx) => retention.remove(tx, run, rows)),
      ),
    );
  }

  private walk(cutoff: string, limit: number, take: Take, pace: Pace): TaskEither<UnitOfWorkError, number> {
    return pipe(
      this.dependencies.retention.lanes(),
      TE.flatMap((lanes) => () => this.walkLanes(lanes, cutoff, limit, take, pace)),
    );
  }

  private async walkLanes(
    lanes: readonly number[],
    cutoff: string,
    limit: number,
    take: Take,
    pace: Pace,
  ): Promise<Either<UnitOfWorkError, number>> {
    let taken = 0;
    for (const lane of lanes) {
      let after: number | undefined = 0;
      while (after !== undefined && taken < limit) {
        const chunk = await pace.next();
        if (chunk === 0) return E.right(taken);
        const look: Either<StorageUnavailable, PurgeWindow> = await this.dependencies.retention.look(
          cutoff,
          lane,
          after,
          chunk,
        )();
        if (E.isLeft(look)) return look;
        const rows = look.right.purgeable.slice(0, limit - taken);
        if (rows.length > 0) {
          const total = await take(rows)();
          if (E.isLeft(total)) return total;
          taken = total.right;
        }
        after = look.right.next;
      }
    }
    return E.right(taken);
  }
}

/** Begins with the first rows that are to be taken, and not before. */
const once = (begin: TaskEither<UnitOfWorkError, Take>): Take => {
  let begun: Take | undefined;
  return (rows) =>
    pipe(
      begun === undefined ? begin : TE.right(begun),
      TE.flatMap((take) => {
        begun = take;
        return take(rows);
      }),
    );
};

const counting = (): Take => {
  let counted = 0;
  return (rows) =>
    TE.fromIO(() => {
      counted += rows.length;
      return counted;
    });
};
