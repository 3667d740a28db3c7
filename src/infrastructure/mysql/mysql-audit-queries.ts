import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type {
  AuditPage,
  AuditQueries,
  RecordedAct,
  RecordedConsumerAct,
} from '../../application/ports/audit-queries.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { OUTCOME_OF_ACT, OutcomeColumns, outcomeOf } from './consumer-act-outcome.ts';
import { idBefore } from './id-before.ts';
import { isAscii } from './outbox-rows.ts';
import { TimeMicros, WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const COLUMNS = 'id, at, actor, action, event_id, reason';

const NEWEST = `
SELECT ${COLUMNS} FROM operator_audit WHERE id < ? ORDER BY id DESC LIMIT ?`;

const OF_EVENTS = `
SELECT ${COLUMNS} FROM operator_audit WHERE event_id IN (?) ORDER BY id`;

const NEWEST_AT_CONSUMERS = `
SELECT a.id, a.at, a.actor, a.consumer, a.order_id, a.reason, o.outcome, o.detail
FROM (SELECT * FROM consumer_acts WHERE id < ? ORDER BY id DESC LIMIT ?) AS a ${OUTCOME_OF_ACT}
ORDER BY a.id DESC`;

const ActRow = t.strict({
  id: WholeNumber,
  at: TimeMicros,
  actor: t.string,
  action: t.keyof({ redrive: null, skip: null, purge: null } satisfies Readonly<Record<RecordedAct['action'], null>>),
  event_id: t.union([t.string, t.null]),
  reason: t.union([t.string, t.null]),
});

const ConsumerActRow = t.strict({
  id: WholeNumber,
  at: TimeMicros,
  actor: t.string,
  consumer: t.string,
  order_id: t.string,
  reason: t.string,
  ...OutcomeColumns,
});

const toConsumerAct = (row: t.TypeOf<typeof ConsumerActRow>): RecordedConsumerAct => ({
  at: row.at,
  actor: row.actor,
  action: 'reprocess',
  consumer: row.consumer,
  orderId: row.order_id,
  reason: row.reason,
  ...outcomeOf(row),
});

/** Where a page begins, in each of the two tables: `4711-12`. */
const placeOf = (before: string | undefined): { readonly own: number; readonly ofConsumers: number } => {
  const [own, ofConsumers] = before?.split('-') ?? [];
  return { own: idBefore(own), ofConsumers: before === undefined ? idBefore(undefined) : idBefore(ofConsumers ?? '') };
};

const toAct = ({ at, actor, action, event_id, reason }: t.TypeOf<typeof ActRow>): RecordedAct => ({
  at,
  actor,
  action,
  eventId: event_id,
  reason,
});

/** The newest of both tables, each of which is sorted by its IDs. */
const pageOf = (
  own: readonly t.TypeOf<typeof ActRow>[],
  ofConsumers: readonly t.TypeOf<typeof ConsumerActRow>[],
  place: ReturnType<typeof placeOf>,
  limit: number,
): AuditPage => {
  const acts: AuditPage['acts'][number][] = [];
  let [i, j] = [0, 0];
  while (acts.length < limit) {
    const [mine, theirs] = [own[i], ofConsumers[j]];
    if (mine !== undefined && (theirs === undefined || mine.at >= theirs.at)) {
      acts.push(toAct(mine));
      i += 1;
    } else if (theirs !== undefined) {
      acts.push(toConsumerAct(theirs));
      j += 1;
    } else break;
  }
  const next = `${own[i - 1]?.id ?? place.own}-${ofConsumers[j - 1]?.id ?? place.ofConsumers}`;
  return { acts, next: i < own.length || j < ofConsumers.length ? next : null };
};

/** Reads of tables `operator_audit` and `consumer_acts`. */
export class MySqlAuditQueries implements AuditQueries {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  list({ before, limit }: Parameters<AuditQueries['list']>[0]): TaskEither<StorageUnavailable, AuditPage> {
    const place = placeOf(before);
    return storageAttempt('list audit', () =>
      this.#pool.use(async (connection) => {
        const own = decodeRows(ActRow, await connection.rows(NEWEST, [place.own, limit + 1]));
        const ofConsumers = decodeRows(
          ConsumerActRow,
          await connection.rows(NEWEST_AT_CONSUMERS, [place.ofConsumers, limit + 1]),
        );
        return pageOf(own, ofConsumers, place, limit);
      }),
    );
  }

  ofEvents(eventIds: readonly string[]): TaskEither<StorageUnavailable, readonly RecordedAct[]> {
    const known = eventIds.filter(isAscii);
    if (known.length === 0) return TE.right([]);
    return storageAttempt('list audit of events', async () =>
      decodeRows(ActRow, await this.#pool.use((connection) => connection.rows(OF_EVENTS, [known]))).map(toAct),
    );
  }
}
