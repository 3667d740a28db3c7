import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Examination, Observation } from '../../application/ports/examination.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';
import { unreachableStorage } from './unreachable-storage.ts';

/** An index that a guarantee or the speed of the relay rests on. */
interface NeededIndex {
  readonly table: string;
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly why: string;
}

const PRIMARY = (table: string, ...columns: readonly string[]): NeededIndex => ({
  ...{ table, name: 'PRIMARY', columns, unique: true },
  why: 'one row for each key',
});

const NEEDED: readonly NeededIndex[] = [
  PRIMARY('orders', 'order_id'),
  PRIMARY('outbox', 'id'),
  PRIMARY('outbox_blocks', 'order_id'),
  PRIMARY('relay_leases', 'name'),
  PRIMARY('idempotency_keys', 'method', 'path', 'idempotency_key'),
  {
    ...{ table: 'outbox', name: 'outbox_event', columns: ['event_id'], unique: true },
    why: 'an event is there once',
  },
  {
    ...{ table: 'outbox', name: 'outbox_order_sequence', columns: ['order_id', 'sequence'], unique: true },
    why: 'a sequence is taken once',
  },
  {
    table: 'outbox',
    name: 'outbox_claim',
    columns: ['kafka_partition', 'status', 'held_by', 'next_attempt_at', 'id'],
    unique: false,
    why: 'without it each claim reads the whole table',
  },
];

const INDEXES = `
SELECT TABLE_NAME AS tbl, INDEX_NAME AS name, MIN(NON_UNIQUE) AS non_unique, MIN(IS_VISIBLE = 'YES') AS visible,
  GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS columns_
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() GROUP BY TABLE_NAME, INDEX_NAME`;

const ENGINES = `
SELECT TABLE_NAME AS tbl, COALESCE(ENGINE, 'none') AS engine FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'`;

const IndexRow = t.strict({
  tbl: t.string,
  name: t.string,
  non_unique: WholeNumber,
  visible: WholeNumber,
  columns_: t.string,
});
const EngineRow = t.strict({ tbl: t.string, engine: t.string });

export interface SchemaSeen {
  readonly indexes: readonly t.TypeOf<typeof IndexRow>[];
  readonly engines: readonly t.TypeOf<typeof EngineRow>[];
}

const definition = ({ table, name, columns, unique }: NeededIndex): string => {
  const list = columns.join(', ');
  if (name === 'PRIMARY') return `ALTER TABLE ${table} ADD PRIMARY KEY (${list})`;
  return `ALTER TABLE ${table} ADD ${unique ? 'UNIQUE ' : ''}INDEX ${name} (${list})`;
};

const judgeIndex = (needed: NeededIndex, { indexes }: SchemaSeen): Observation => {
  const { table, name, columns, unique, why } = needed;
  const label = `index ${name} of ${table}`;
  const found = indexes.find((index) => index.tbl === table && index.name === name);
  if (found === undefined) return { state: 'fail', says: `${label} is missing: ${why}`, mend: definition(needed) };
  if (found.columns_ !== columns.join(',') || (found.non_unique === 0) !== unique)
    return {
      state: 'fail',
      says: `${label} is on (${found.columns_}), ${found.non_unique === 0 ? 'unique' : 'not unique'}: ${why}`,
      mend: `drop it, then ${definition(needed)}`,
    };
  if (found.visible === 0)
    return {
      state: 'fail',
      says: `${label} is invisible: ${why}`,
      mend: `ALTER TABLE ${table} ALTER INDEX ${name} VISIBLE`,
    };
  return { state: 'ok', says: `${label} (${columns.join(', ')})` };
};

/** Indexes of tables that are there, and engines: what migrations made and somebody may have changed since. */
export const judgeSchema = (seen: SchemaSeen): readonly Observation[] => {
  const present = new Set(seen.engines.map(({ tbl }) => tbl));
  const foreign = seen.engines.filter(({ engine }) => engine !== 'InnoDB');
  return [
    ...NEEDED.filter(({ table }) => present.has(table)).map((needed) => judgeIndex(needed, seen)),
    ...foreign.map(({ tbl, engine }): Observation => ({
      state: 'fail',
      says: `table ${tbl} is kept by ${engine}, which has no transactions`,
      mend: `ALTER TABLE ${tbl} ENGINE = InnoDB`,
    })),
  ];
};

export const examineSchema = (pool: MySqlPool): Examination => ({
  name: 'MySQL indexes',
  run: pipe(
    storageAttempt('read indexes', () =>
      pool.use(async (connection) => ({
        indexes: decodeRows(IndexRow, await connection.rows(INDEXES)),
        engines: decodeRows(EngineRow, await connection.rows(ENGINES)),
      })),
    ),
    TE.mapLeft(unreachableStorage),
    TE.map(judgeSchema),
  ),
});
