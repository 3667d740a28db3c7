import { describeCause } from '../../application/describe-cause.ts';
import type { PurgeError } from '../../application/operations/purge-outbox.ts';
import type { RedriveError } from '../../application/operations/redrive-event.ts';
import type { ReprocessError } from '../../application/operations/reprocess-parked.ts';
import type { SkipError } from '../../application/operations/skip-event.ts';
import type { MigrationRefused } from '../../application/ports/schema-migrations.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { OrderNotFound } from '../../domain/order/errors.ts';
import type { ExitCode } from './terminal.ts';

export type CliFailure =
  RedriveError | SkipError | PurgeError | ReprocessError | OrderNotFound | MigrationRefused | StorageUnavailable;

interface Described {
  /** One line for people. */
  readonly message: string;
  /** 1: the command ran and the answer is no. 2: it could not run. */
  readonly exitCode: Exclude<ExitCode, 0>;
}

export const describeFailure = (failure: CliFailure): Described => {
  switch (failure._tag) {
    case 'StorageUnavailable': {
      const cause = describeCause(failure.cause);
      return { message: `cannot ${failure.action}: ${cause}; check MYSQL_URL and that MySQL runs`, exitCode: 2 };
    }
    case 'CommitOutcomeUnknown':
      return {
        message: `${failure.action}: the answer to COMMIT never came; look whether it happened before doing it again`,
        exitCode: 2,
      };
    case 'ContentionExhausted':
      return {
        message: `${failure.action}: other transactions were in the way ${failure.reruns} times; nothing was changed`,
        exitCode: 2,
      };
    case 'EventNotFound':
      return { message: `there is no event ${failure.eventId} in the outbox`, exitCode: 1 };
    case 'EventNotQuarantined':
      return {
        message: `event ${failure.eventId} is ${failure.status}: only a QUARANTINED event can be redriven or skipped`,
        exitCode: 1,
      };
    case 'EventAlreadySkipped':
      return {
        message: `event ${failure.eventId} was skipped, which is final: event ${failure.replacementEventId} has its place`,
        exitCode: 1,
      };
    case 'EventNotHead':
      return {
        message: `event ${failure.eventId} waits behind event ${failure.headEventId}: redrive or skip that one first`,
        exitCode: 1,
      };
    case 'EventIsReplacement':
      return {
        message: `event ${failure.eventId} stands for event ${failure.skippedEventId}, which was skipped: redrive it`,
        exitCode: 1,
      };
    case 'IdempotencyKeyReused':
      return { message: `idempotency key ${failure.key} was used for something else`, exitCode: 1 };
    case 'IdempotencyKeyBusy':
      return { message: `idempotency key ${failure.key} is at work elsewhere`, exitCode: 1 };
    case 'ConsumerNotFound':
      return { message: `PROGRESS_URLS names no consumer ${failure.consumer}`, exitCode: 2 };
    case 'ReprocessTokenMissing':
      return {
        message: `set REPROCESS_TOKENS to ${failure.consumer}=TOKEN, with the REPROCESS_TOKEN of ${failure.consumer}`,
        exitCode: 2,
      };
    case 'ConsumerDidNothing':
      return {
        message: `cannot ask ${failure.consumer}, or it refused; nothing was changed: ${failure.reason}`,
        exitCode: 2,
      };
    case 'ConsumerOutcomeUnknown':
      return {
        message: `it is not known whether ${failure.consumer} did it (${failure.reason}); the audit says so, too. To ask again is harmless`,
        exitCode: 2,
      };
    case 'RetentionTooShort':
      return {
        message: `--older-than must be at least ${failure.shortestMs / 3_600_000}h: until then a row may be needed to tell where its event went`,
        exitCode: 2,
      };
    case 'OrderNotFound':
      return { message: `there is no order ${failure.orderId}`, exitCode: 1 };
    case 'MigrationRefused':
      return { message: failure.reason, exitCode: 1 };
  }
};
