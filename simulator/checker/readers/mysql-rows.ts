import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import mysql from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';
import { within } from './within.ts';

/** DATETIME(6) as text, read as UTC, in milliseconds with three decimals. */
export const DateTime = new t.Type<number, string>(
  'DateTime',
  t.number.is,
  (input, context) => {
    const match = typeof input === 'string' ? /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\.(\d{3})(\d{3})$/.exec(input) : null;
    if (match === null) return t.failure(input, context, 'not a DATETIME(6)');
    const [, date, time, millis, micros] = match;
    return t.success(Date.parse(`${date}T${time}.${millis}Z`) + Number(micros) / 1_000);
  },
  (ms) => new Date(ms).toISOString(),
);

export const nullable = <A, O>(codec: t.Type<A, O>): t.Type<A | null, O | null> => t.union([codec, t.null]);

/** A connection for reading only. Times come as texts and big numbers that do not fit as texts, so nothing is rounded in silence. */
export const connectForReading = async (mysqlUrl: string): Promise<Connection> => {
  const connection = await within(
    10_000,
    mysql.createConnection({
      uri: mysqlUrl,
      dateStrings: true,
      supportBigNumbers: true,
      connectTimeout: 5_000,
      multipleStatements: false,
    }),
  );
  // A connection that breaks between queries must not end the process; the next query reports it.
  connection.on('error', () => undefined);
  await connection.query("SET time_zone = '+00:00'");
  return connection;
};

/** Rows of a constant query, each checked. @throws when a row is not what `row` says. */
export const readRows = async <A>(
  connection: Connection,
  row: t.Type<A, unknown>,
  sql: string,
  timeoutMs = 60_000,
  params: readonly (string | number)[] = [],
): Promise<readonly A[]> => {
  const [result] = await within(timeoutMs, connection.query(sql, [...params]));
  if (!Array.isArray(result)) throw new Error(`no rows came from: ${sql}`);
  return result.map((raw) => {
    const decoded = row.decode(raw);
    if (decoded._tag === 'Left') throw new Error(`${PathReporter.report(decoded).join('; ')} in: ${sql}`);
    return decoded.right;
  });
};

/** A table that is too large to be read at once. */
export interface ChunkedTable<A> {
  readonly row: t.Type<A, unknown>;
  readonly select: string;
  /** Columns of a unique index, as they are called in the table. */
  readonly key: readonly string[];
  /** Their values in a row. */
  readonly keyOf: (row: A) => readonly (string | number)[];
}

const CHUNK = 5_000;

/** `a > ? OR (a = ? AND b > ?)`: unlike `(a, b) > (?, ?)` it is read as a range of the index. */
const beyond = (key: readonly string[]): string =>
  key
    .map((column, index) => [...key.slice(0, index).map((before) => `${before} = ?`), `${column} > ?`].join(' AND '))
    .map((condition) => `(${condition})`)
    .join(' OR ');

/** Hands on every row, reading a bounded number at a time along the index. @throws as `readRows` does. */
export const readInChunks = async <A>(
  connection: Connection,
  { row, select, key, keyOf }: ChunkedTable<A>,
  take: (row: A) => void,
): Promise<void> => {
  const order = key.join(', ');
  for (let last: A | undefined; ;) {
    const from = last === undefined ? undefined : keyOf(last);
    const params = from === undefined ? [] : key.flatMap((_column, index) => from.slice(0, index + 1));
    const where = from === undefined ? '' : `WHERE ${beyond(key)}`;
    const rows = await readRows(connection, row, `${select} ${where} ORDER BY ${order} LIMIT ${CHUNK}`, 60_000, params);
    rows.forEach(take);
    last = rows.at(-1);
    if (rows.length < CHUNK) return;
  }
};

/** Runs `read` in one consistent, read-only snapshot of the database. */
export const inSnapshot = async <A>(mysqlUrl: string, read: (connection: Connection) => Promise<A>): Promise<A> => {
  const connection = await connectForReading(mysqlUrl);
  try {
    await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    return await read(connection);
  } finally {
    connection.destroy();
  }
};
