import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { AuditPage, AuditQueries, RecordedAct } from '../../application/ports/audit-queries.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { idBefore } from './id-before.ts';
import { isAscii } from './outbox-rows.ts';
import { TimeMicros, WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const COLUMNS = 'id, at, actor, action, event_id, reason';

const NEWEST = `
SELECT ${COLUMNS} FROM operator_audit WHERE id < ? ORDER BY id DESC LIMIT ?`;

const OF_EVENTS = `
SELECT ${COLUMNS} FROM operator_audit WHERE event_id IN (?) ORDER BY id`;

const ActRow = t.strict({
  id: WholeNumber,
  at: TimeMicros,
  actor: t.string,
  action: t.keyof({ redrive: null, skip: null, purge: null } satisfies Readonly<Record<RecordedAct['action'], null>>),
  event_id: t.union([t.string, t.null]),
  reason: t.union([t.string, t.null]),
});

const toAct = ({ at, actor, action, event_id, reason }: t.TypeOf<typeof ActRow>): RecordedAct => ({
  at,
  actor,
  action,
  eventId: event_id,
  reason,
});

/** Reads of table `operator_audit`. */
export class MySqlAuditQueries implements AuditQueries {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  list({ before, limit }: Parameters<AuditQueries['list']>[0]): TaskEither<StorageUnavailable, AuditPage> {
    const below = idBefore(before);
    return storageAttempt('list audit', async () => {
      const rows = decodeRows(
        ActRow,
        await this.#pool.use((connection) => connection.rows(NEWEST, [below, limit + 1])),
      );
      const shown = rows.slice(0, limit);
      return { acts: shown.map(toAct), next: rows.length > limit ? String(shown.at(-1)?.id) : null };
    });
  }

  ofEvents(eventIds: readonly string[]): TaskEither<StorageUnavailable, readonly RecordedAct[]> {
    const known = eventIds.filter(isAscii);
    if (known.length === 0) return TE.right([]);
    return storageAttempt('list audit of events', async () =>
      decodeRows(ActRow, await this.#pool.use((connection) => connection.rows(OF_EVENTS, [known]))).map(toAct),
    );
  }
}
