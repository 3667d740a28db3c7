import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { IdempotencyKeyBusy, IdempotencyKeyReused, IdempotencyKeys } from '../ports/idempotency-keys.ts';
import type { AuditLog, OutboxOperations, RedriveRefused } from '../ports/outbox-operations.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import type { WakeUp } from '../ports/wake-up.ts';
import { actOnce } from './act-once.ts';
import type { Acted, Once } from './act-once.ts';

export interface RedriveRequest {
  readonly eventId: string;
  /** Who asks, for the audit. */
  readonly actor: string;
  readonly reason: string | null;
  /** Without it an unknown COMMIT is not rerun. */
  readonly once?: Once<void>;
}

export type RedriveError = UnitOfWorkError | RedriveRefused | IdempotencyKeyReused | IdempotencyKeyBusy;

export interface RedriveDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly operations: Pick<OutboxOperations, 'redrive'>;
  readonly audit: AuditLog;
  readonly wakeUp: WakeUp;
}

/** An operator puts a quarantined event back to work. The change and its audit row commit together. */
export class RedriveEvent {
  constructor(private readonly dependencies: RedriveDependencies) {}

  handle({ eventId, actor, reason, once }: RedriveRequest): TaskEither<RedriveError, Acted<void>> {
    const { unitOfWork, idempotencyKeys, wakeUp } = this.dependencies;
    return pipe(
      unitOfWork.run({ action: 'redrive event', rerunAfterUnknownCommit: once !== undefined }, (tx) =>
        actOnce(idempotencyKeys, tx, once, this.within(tx, { eventId, actor, reason })),
      ),
      TE.tapIO(() => () => {
        wakeUp.ring();
      }),
    );
  }

  /** The same within a unit of work that has begun; whoever commits it rings. */
  within(
    tx: Transaction,
    { eventId, actor, reason }: Omit<RedriveRequest, 'once'>,
  ): TaskEither<StorageUnavailable | RedriveRefused, void> {
    const { operations, audit } = this.dependencies;
    return pipe(
      operations.redrive(tx, eventId),
      TE.flatMap(() => audit.record(tx, { actor, action: 'redrive', eventId, reason })),
    );
  }
}
