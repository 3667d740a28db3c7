import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { IdempotencyKeyBusy, IdempotencyKeyReused, IdempotencyKeys } from '../ports/idempotency-keys.ts';
import type { AuditLog, OutboxOperations, RedriveRefused } from '../ports/outbox-operations.ts';
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
    const { unitOfWork, idempotencyKeys, operations, audit, wakeUp } = this.dependencies;
    return pipe(
      unitOfWork.run({ action: 'redrive event', rerunAfterUnknownCommit: once !== undefined }, (tx) =>
        actOnce(
          idempotencyKeys,
          tx,
          once,
          pipe(
            operations.redrive(tx, eventId),
            TE.flatMap(() => audit.record(tx, { actor, action: 'redrive', eventId, reason })),
          ),
        ),
      ),
      TE.tapIO(() => () => {
        wakeUp.ring();
      }),
    );
  }
}
