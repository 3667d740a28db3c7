import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { IdempotencyKeyBusy, IdempotencyKeyReused, IdempotencyKeys } from '../ports/idempotency-keys.ts';
import type { SkipRefused } from '../ports/outbox-operations.ts';
import type { OutboxFilter, OutboxQueries } from '../ports/outbox-queries.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import type { WakeUp } from '../ports/wake-up.ts';
import { actOnce } from './act-once.ts';
import type { Acted, Once } from './act-once.ts';
import type { RedriveEvent } from './redrive-event.ts';
import type { SkipEvent } from './skip-event.ts';

/** How many events one request acts on at most: all of them are one transaction. */
export const MOST_EVENTS = 500;

/** Events by their IDs, at most `MOST_EVENTS`; or the newest quarantined ones of a kind. */
export type Selection =
  { readonly eventIds: readonly string[] } | { readonly filter: Pick<OutboxFilter, 'type' | 'error' | 'orderId'> };

export type BulkAct =
  | { readonly act: 'redrive'; readonly reason: string | null }
  /** `headers` travel with each replacement. */
  | { readonly act: 'skip'; readonly reason: string; readonly headers: Readonly<Record<string, string>> };

export interface ActedOn {
  readonly eventId: string;
  /** Of a skip: what stands in its place. A rehearsal names one that will never be. */
  readonly replacementEventId: string | null;
}

export interface BulkOutcome {
  readonly done: readonly ActedOn[];
  /** Nothing was done to these. */
  readonly refused: readonly SkipRefused[];
  /** True when more events are selected than one request acts on: ask again for the others. */
  readonly more: boolean;
}

export interface BulkRequest {
  readonly selection: Selection;
  readonly act: BulkAct;
  readonly actor: string;
  /** Without it an unknown COMMIT is not rerun. */
  readonly once?: Once<BulkOutcome>;
}

export type BulkError = UnitOfWorkError | IdempotencyKeyReused | IdempotencyKeyBusy;

export interface ActOnEventsDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly outbox: Pick<OutboxQueries, 'list'>;
  readonly redrive: Pick<RedriveEvent, 'within'>;
  readonly skip: Pick<SkipEvent, 'within'>;
  readonly wakeUp: WakeUp;
}

/** Ends a rehearsal, so that it is rolled back. */
interface Rehearsed {
  readonly _tag: 'Rehearsed';
  readonly outcome: BulkOutcome;
}

interface Selected {
  readonly eventIds: readonly string[];
  readonly more: boolean;
}

const isRefusal = (error: StorageUnavailable | SkipRefused): error is SkipRefused =>
  error._tag !== 'StorageUnavailable';

/**
 * Redrives or skips many events in one transaction, each with an audit row of its own. An event that refuses keeps none
 * of the others back; when the transaction fails, nothing was done to any.
 */
export class ActOnEvents {
  constructor(private readonly dependencies: ActOnEventsDependencies) {}

  handle(request: BulkRequest): TaskEither<BulkError, Acted<BulkOutcome>> {
    const { unitOfWork, idempotencyKeys, wakeUp } = this.dependencies;
    const { once, act } = request;
    return pipe(
      unitOfWork.run({ action: `${act.act} events`, rerunAfterUnknownCommit: once !== undefined }, (tx) =>
        actOnce(idempotencyKeys, tx, once, this.actOnAll(tx, request)),
      ),
      TE.tapIO(() => () => {
        wakeUp.ring();
      }),
    );
  }

  /** As `handle`, but nothing of it is kept. */
  rehearse(request: Omit<BulkRequest, 'once'>): TaskEither<UnitOfWorkError, BulkOutcome> {
    return pipe(
      this.dependencies.unitOfWork.run(
        { action: `rehearse ${request.act.act} of events`, rerunAfterUnknownCommit: true },
        (tx) =>
          pipe(
            this.actOnAll(tx, request),
            TE.flatMap((outcome): TaskEither<StorageUnavailable | Rehearsed, never> =>
              TE.left({ _tag: 'Rehearsed', outcome }),
            ),
          ),
      ),
      TE.orElse((end) => (end._tag === 'Rehearsed' ? TE.right(end.outcome) : TE.left(end))),
    );
  }

  private actOnAll(tx: Transaction, request: BulkRequest): TaskEither<StorageUnavailable, BulkOutcome> {
    return pipe(
      this.select(request.selection),
      TE.flatMap(({ eventIds, more }) =>
        pipe(
          eventIds,
          TE.traverseSeqArray((eventId) => this.actOn(tx, eventId, request)),
          TE.map((outcomes) => ({
            done: outcomes.flatMap((outcome) => ('_tag' in outcome ? [] : [outcome])),
            refused: outcomes.flatMap((outcome) => ('_tag' in outcome ? [outcome] : [])),
            more,
          })),
        ),
      ),
    );
  }

  /** In one sequence of IDs, so that two of these do not wait for each other in a circle. */
  private select(selection: Selection): TaskEither<StorageUnavailable, Selected> {
    if ('eventIds' in selection) return TE.right({ eventIds: [...new Set(selection.eventIds)].sort(), more: false });
    return pipe(
      this.dependencies.outbox.list({ ...selection.filter, status: 'QUARANTINED', limit: MOST_EVENTS }),
      TE.map(({ entries, next }) => ({
        eventIds: entries.map(({ eventId }) => eventId).sort(),
        more: next !== null,
      })),
    );
  }

  private actOn(
    tx: Transaction,
    eventId: string,
    { act, actor }: BulkRequest,
  ): TaskEither<StorageUnavailable, ActedOn | SkipRefused> {
    const { redrive, skip } = this.dependencies;
    const acted: TaskEither<StorageUnavailable | SkipRefused, ActedOn> =
      act.act === 'redrive'
        ? TE.map(() => ({ eventId, replacementEventId: null }))(
            redrive.within(tx, { eventId, actor, reason: act.reason }),
          )
        : TE.map(({ replacementEventId }: { readonly replacementEventId: string }) => ({
            eventId,
            replacementEventId,
          }))(skip.within(tx, { eventId, actor, reason: act.reason, headers: act.headers }));
    return pipe(
      acted,
      TE.orElse((error): TaskEither<StorageUnavailable, ActedOn | SkipRefused> =>
        isRefusal(error) ? TE.right(error) : TE.left(error),
      ),
    );
  }
}
