import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { IdempotencyKeyBusy, IdempotencyKeyReused, IdempotencyKeys } from '../ports/idempotency-keys.ts';
import type { Ids } from '../ports/ids.ts';
import type { AuditLog, OutboxOperations, Replacement, Skip, SkipRefused } from '../ports/outbox-operations.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import type { WakeUp } from '../ports/wake-up.ts';
import { actOnce } from './act-once.ts';
import type { Acted, Once } from './act-once.ts';

export interface SkipRequest {
  readonly eventId: string;
  /** Who asks, for the audit. */
  readonly actor: string;
  /** Told to consumers: 1–500 characters. */
  readonly reason: string;
  /** Headers to travel with the replacement, e.g. `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without it an unknown COMMIT is not rerun. */
  readonly once?: Once<Skipped>;
}

export interface Skipped {
  /** Stands in the sequence where the skipped event stood. */
  readonly replacementEventId: string;
}

export type SkipError = UnitOfWorkError | SkipRefused | IdempotencyKeyReused | IdempotencyKeyBusy;

/** What the public contract says to consumers in place of a skipped event. Pure. */
export type SkipNotice = (skip: {
  readonly skippedEventId: string;
  readonly skippedType: string;
  readonly reason: string;
}) => Pick<Replacement, 'type' | 'version' | 'payload'>;

export interface SkipDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly operations: Pick<OutboxOperations, 'skip'>;
  readonly audit: AuditLog;
  readonly ids: Ids;
  readonly wakeUp: WakeUp;
  readonly notice: SkipNotice;
}

/** Ends a rehearsal, so that it is rolled back. */
interface Rehearsed {
  readonly _tag: 'Rehearsed';
}

/**
 * An operator gives up a quarantined event for good, so that its successors may go. The change and its audit row commit
 * together. Consumers learn of it from the replacement: they can tell a skip from a loss.
 */
export class SkipEvent {
  constructor(private readonly dependencies: SkipDependencies) {}

  handle(request: SkipRequest): TaskEither<SkipError, Acted<Skipped>> {
    const { unitOfWork, idempotencyKeys, wakeUp } = this.dependencies;
    const { once } = request;
    return pipe(
      unitOfWork.run({ action: 'skip event', rerunAfterUnknownCommit: once !== undefined }, (tx) =>
        actOnce(idempotencyKeys, tx, once, this.within(tx, request)),
      ),
      TE.tapIO(() => () => {
        wakeUp.ring();
      }),
    );
  }

  /** As `handle`, but nothing of it is kept: a Right says that it could be done now. */
  rehearse(request: SkipRequest): TaskEither<SkipError, undefined> {
    const options = { action: 'rehearse skip', rerunAfterUnknownCommit: true };
    return pipe(
      this.dependencies.unitOfWork.run(options, (tx) =>
        pipe(
          this.within(tx, request),
          TE.flatMap((): TaskEither<SkipError | Rehearsed, never> => TE.left({ _tag: 'Rehearsed' })),
        ),
      ),
      TE.orElse((end) => (end._tag === 'Rehearsed' ? TE.right(undefined) : TE.left(end))),
    );
  }

  /** The same within a unit of work that has begun; whoever commits it rings. */
  within(
    tx: Transaction,
    { eventId, actor, reason, headers }: Omit<SkipRequest, 'once'>,
  ): TaskEither<StorageUnavailable | SkipRefused, Skipped> {
    const { operations, audit, ids, notice } = this.dependencies;
    const replacementOf: Skip['replacementOf'] = (skipped) => ({
      ...notice({ skippedEventId: skipped.eventId, skippedType: skipped.type, reason }),
      eventId: ids.next(),
      headers,
    });
    return pipe(
      operations.skip(tx, { eventId, skippedBy: actor, reason, replacementOf }),
      TE.tap(() => audit.record(tx, { actor, action: 'skip', eventId, reason })),
      TE.map((replacement) => ({ replacementEventId: replacement.eventId })),
    );
  }
}
