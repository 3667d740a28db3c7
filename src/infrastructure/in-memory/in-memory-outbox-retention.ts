import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OutboxRetention, PurgeableRow, PurgeRun, PurgeWindow } from '../../application/ports/outbox-retention.ts';
import { OUTBOX_MOVES } from '../../application/ports/outbox-status.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { sequenceIndexKey } from './in-memory-outbox.ts';
import type { InMemoryDatabase, OutboxRow } from './in-memory-database.ts';
import { tablesOf } from './in-memory-unit-of-work.ts';

const isOld = ({ status, publishedAt }: OutboxRow, cutoff: number): boolean =>
  status === OUTBOX_MOVES.purge.from && publishedAt !== null && publishedAt < cutoff;

/** The janitor's side of the outbox over the same tables as `InMemoryOutbox`. */
export class InMemoryOutboxRetention implements OutboxRetention {
  constructor(private readonly database: InMemoryDatabase) {}

  cutoff(ms: number): TaskEither<StorageUnavailable, string> {
    return TE.fromIO(() => new Date(this.database.now() - ms).toISOString().replace('Z', '000Z'));
  }

  lanes(): TaskEither<StorageUnavailable, readonly number[]> {
    return TE.fromIO(() => {
      const lanes = new Set([...this.database.committed.outbox.values()].map(({ partition }) => partition));
      return [...lanes].sort((a, b) => a - b);
    });
  }

  look(cutoff: string, lane: number, after: number, rows: number): TaskEither<StorageUnavailable, PurgeWindow> {
    return TE.fromIO(() => {
      const before = Date.parse(cutoff);
      const all = [...this.database.committed.outbox.values()];
      const window = all
        .filter(({ partition, status, id }) => partition === lane && status === 'COMPLETED' && id > after)
        .sort((a, b) => a.id - b.id)
        .slice(0, rows);
      const purgeable = window.filter((row) =>
        all.every((other) => other.orderKey !== row.orderKey || other.sequence > row.sequence || isOld(other, before)),
      );
      return { purgeable, next: window.length < rows ? undefined : window.at(-1)?.id };
    });
  }

  begin(tx: Transaction, actor: string, cutoff: string): TaskEither<StorageUnavailable, PurgeRun> {
    return TE.fromIO(() => {
      const id = this.database.nextId();
      tablesOf(tx).purges.set(id, { id, at: this.database.now(), actor, cutoff, purgedRows: 0 });
      return { id, cutoff };
    });
  }

  remove(tx: Transaction, run: PurgeRun, rows: readonly PurgeableRow[]): TaskEither<StorageUnavailable, number> {
    return TE.fromIOEither(() => {
      const tables = tablesOf(tx);
      const found = tables.purges.get(run.id);
      if (found === undefined) throw new TypeError(`purge ${run.id} is not on record`);
      const gone = rows.flatMap(({ id }) => tables.outbox.get(id) ?? []);
      for (const { id, eventId, orderKey, sequence } of gone) {
        tables.outbox.delete(id);
        tables.outboxByEvent.delete(eventId);
        tables.outboxBySequence.delete(sequenceIndexKey(orderKey, sequence));
        for (const attempt of tables.attempts.values())
          if (attempt.eventId === eventId) tables.attempts.delete(attempt.id);
      }
      const purgedRows = found.purgedRows + gone.length;
      tables.purges.set(run.id, { ...found, purgedRows });
      return E.right(purgedRows);
    });
  }
}
