import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { AuditEntry, AuditLog } from '../../application/ports/outbox-operations.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import { storageAttempt } from './storage-attempt.ts';

const INSERT_ENTRY = `
INSERT INTO operator_audit (actor, action, event_id, reason) VALUES (?, ?, ?, ?)`;

/** Table `operator_audit`: rows are only ever added, in the transaction of what they tell of. */
export class MySqlAuditLog implements AuditLog {
  record(tx: Transaction, { actor, action, eventId, reason }: AuditEntry): TaskEither<StorageUnavailable, void> {
    return storageAttempt('record audit entry', async () => {
      await connectionOf(tx).write(INSERT_ENTRY, [actor, action, eventId, reason]);
    });
  }
}
