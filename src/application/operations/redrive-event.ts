import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type {
  IdempotencyKey,
  IdempotencyKeyBusy,
  IdempotencyKeyReused,
  IdempotencyKeys,
} from '../ports/idempotency-keys.ts';
import type { AuditLog, EventNotFound, EventNotQuarantined, OutboxOperations } from '../ports/outbox-operations.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import type { WakeUp } from '../ports/wake-up.ts';

export interface RedriveRequest {
  readonly eventId: string;
  /** Who asks, for the audit. */
  readonly actor: string;
  readonly reason: string | null;
  /** Done once for this key, with `answer` kept for replays. Without it an unknown COMMIT is not rerun. */
  readonly once?: { readonly key: IdempotencyKey; readonly answer: string };
}

export type Redriven = { readonly _tag: 'Redriven' } | { readonly _tag: 'Replayed'; readonly answer: string };

export type RedriveError =
  UnitOfWorkError | EventNotFound | EventNotQuarantined | IdempotencyKeyReused | IdempotencyKeyBusy;

export interface RedriveDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly operations: OutboxOperations;
  readonly audit: AuditLog;
  readonly wakeUp: WakeUp;
}

/** An operator puts a quarantined event back to work. The change and its audit row commit together. */
export class RedriveEvent {
  constructor(private readonly dependencies: RedriveDependencies) {}

  handle(request: RedriveRequest): TaskEither<RedriveError, Redriven> {
    const { unitOfWork, wakeUp } = this.dependencies;
    const options = { action: 'redrive event', rerunAfterUnknownCommit: request.once !== undefined };
    return pipe(
      unitOfWork.run(options, (tx) => this.once(tx, request)),
      TE.tapIO(() => () => {
        wakeUp.ring();
      }),
    );
  }

  private once(tx: Transaction, request: RedriveRequest): TaskEither<RedriveError, Redriven> {
    const { idempotencyKeys } = this.dependencies;
    const { once } = request;
    if (once === undefined) return this.redrive(tx, request);
    return pipe(
      idempotencyKeys.claim(tx, once.key),
      TE.flatMap((claim): TaskEither<RedriveError, Redriven> => {
        switch (claim._tag) {
          case 'Replay':
            return TE.right({ _tag: 'Replayed', answer: claim.answer });
          case 'Claimed':
            return pipe(
              this.redrive(tx, request),
              TE.tap(() => idempotencyKeys.storeAnswer(tx, once.key, once.answer)),
            );
        }
      }),
    );
  }

  private redrive(
    tx: Transaction,
    { eventId, actor, reason }: RedriveRequest,
  ): TaskEither<StorageUnavailable | EventNotFound | EventNotQuarantined, Redriven> {
    const { operations, audit } = this.dependencies;
    return pipe(
      operations.redrive(tx, eventId),
      TE.flatMap(() => audit.record(tx, { actor, action: 'redrive', eventId, reason })),
      TE.map((): Redriven => ({ _tag: 'Redriven' })),
    );
  }
}
