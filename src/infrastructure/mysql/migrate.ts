import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { TlsTrust } from '../tls-trust.ts';
import type { MySqlConnection } from './mysql-connection.ts';
import { serverErrorNumber } from './mysql-errors.ts';
import { createMySqlPool } from './mysql-pool.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { isExpansion, readMigrations } from './migration-files.ts';
import type { MigrationFile } from './migration-files.ts';
import { WholeNumber, decodeFirst, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';

/** Why the database does not fit the directory of migrations. Nothing is changed then. */
export type MigrationConflict =
  /** The file was edited after it was applied; write a new one instead. */
  | { readonly _tag: 'MigrationEdited'; readonly file: string }
  /** Applied to the database, but not in the directory, and no expansion: the database is newer than this program. */
  | { readonly _tag: 'MigrationUnknown'; readonly file: string }
  /** Its name sorts before one that is applied already. */
  | { readonly _tag: 'MigrationOutOfOrder'; readonly file: string; readonly applied: string };

export type MigrationError =
  | StorageUnavailable
  | MigrationConflict
  /** Another process migrates this database. */
  | { readonly _tag: 'MigrationLocked'; readonly waitedSeconds: number }
  /** Statement `statement` (from 1) failed; those before it stay. A rerun continues with it. */
  | { readonly _tag: 'MigrationFailed'; readonly file: string; readonly statement: number; readonly cause: unknown };

export interface MigrateOptions {
  readonly url: string;
  readonly tls?: TlsTrust | undefined;
  /** Holds files `0001-name.sql` and nothing else. */
  readonly directory: string;
  /** How long to wait while another process migrates. Default 60. */
  readonly lockWaitSeconds?: number;
  /** Longest time for one statement. Default ten minutes. */
  readonly statementTimeoutMs?: number;
  /** Table that notes what was applied. One of its own lets two directories share a database. */
  readonly log?: MigrationLog;
}

/** A closed list, since a table name becomes part of the SQL. */
export type MigrationLog = 'schema_migrations' | 'consumer_kit_migrations';

export interface MigrationStatus {
  readonly applied: readonly string[];
  /** What `migrate` would apply or finish, in this order. */
  readonly pending: readonly string[];
}

const createLog = (log: MigrationLog): string => `CREATE TABLE IF NOT EXISTS ${log} (
  file            VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  checksum        CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SHA-256 of the file',
  statements_done SMALLINT UNSIGNED NOT NULL,
  finished_at     DATETIME(6) NULL COMMENT 'null while statements remain',
  PRIMARY KEY (file)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`;

const LogEntry = t.strict({
  file: t.string,
  checksum: t.string,
  statements_done: WholeNumber,
  finished: t.union([t.literal(0), t.literal(1)]),
});
type LogEntry = t.TypeOf<typeof LogEntry>;

const NO_SUCH_TABLE = 1146;

const readLog = async (connection: MySqlConnection, log: MigrationLog): Promise<readonly LogEntry[]> => {
  try {
    return decodeRows(
      LogEntry,
      await connection.rows(
        `SELECT file, checksum, statements_done, finished_at IS NOT NULL AS finished FROM ${log} ORDER BY file`,
      ),
    );
  } catch (error) {
    if (serverErrorNumber(error) === NO_SUCH_TABLE) return [];
    throw error;
  }
};

interface Step {
  readonly file: MigrationFile;
  /** Null for a file that was never begun. */
  readonly statementsDone: number | null;
}

interface Plan {
  readonly applied: readonly string[];
  readonly steps: readonly Step[];
}

/** In a rolling upgrade a newer program has expanded the schema already; what it added is none of our business. */
const isOfNewerProgram = ({ file }: LogEntry, files: readonly MigrationFile[]): boolean =>
  isExpansion(file) && file > (files.at(-1)?.name ?? '');

const planOf = (files: readonly MigrationFile[], entries: readonly LogEntry[]): Either<MigrationConflict, Plan> => {
  const log = entries.filter((entry) => !isOfNewerProgram(entry, files));
  for (const entry of log) {
    const file = files.find(({ name }) => name === entry.file);
    if (file === undefined) return E.left({ _tag: 'MigrationUnknown', file: entry.file });
    if (file.checksum !== entry.checksum) return E.left({ _tag: 'MigrationEdited', file: entry.file });
  }
  const newest = log.at(-1)?.file ?? '';
  const late = files.find(({ name }) => name < newest && !log.some(({ file }) => file === name));
  if (late !== undefined) return E.left({ _tag: 'MigrationOutOfOrder', file: late.name, applied: newest });
  const applied = log.filter(({ finished }) => finished === 1).map(({ file }) => file);
  return E.right({
    applied,
    steps: files
      .filter(({ name }) => !applied.includes(name))
      .map((file) => ({
        file,
        statementsDone: log.find((entry) => entry.file === file.name)?.statements_done ?? null,
      })),
  });
};

/** Table, column, key or constraint is there already. */
const ALREADY_THERE: ReadonlySet<number> = new Set([1050, 1060, 1061, 1826, 3822]);

/**
 * MySQL commits DDL by itself, so a crash can fall between a statement and its entry in the log. DDL is atomic: when
 * the first statement of a continued file finds its object there already, it was done before. Other statements commit
 * together with their entry.
 */
const applyFile = async (
  connection: MySqlConnection,
  log: MigrationLog,
  { file, statementsDone }: Step,
): Promise<Either<MigrationError, void>> => {
  await connection.write(
    `INSERT INTO ${log} (file, checksum, statements_done) VALUES (?, ?, 0) ON DUPLICATE KEY UPDATE file = file`,
    [file.name, file.checksum],
  );
  for (const [index, statement] of file.statements.entries()) {
    if (index < (statementsDone ?? 0)) continue;
    await connection.write('START TRANSACTION');
    try {
      await connection.write(statement);
    } catch (cause) {
      const doneBefore = index === statementsDone && ALREADY_THERE.has(serverErrorNumber(cause) ?? 0);
      if (!doneBefore) return E.left({ _tag: 'MigrationFailed', file: file.name, statement: index + 1, cause });
    }
    await connection.write(`UPDATE ${log} SET statements_done = ? WHERE file = ?`, [index + 1, file.name]);
    await connection.write('COMMIT');
  }
  await connection.write(`UPDATE ${log} SET finished_at = NOW(6) WHERE file = ?`, [file.name]);
  return E.right(undefined);
};

const LOCK = `CONCAT('migrate:', SHA2(DATABASE(), 224))`;
const Lock = t.strict({ held: t.union([t.literal(0), t.literal(1), t.null]) });

const migrateOn = async (
  connection: MySqlConnection,
  directory: string,
  log: MigrationLog,
  lockWaitSeconds: number,
): Promise<Either<MigrationError, readonly string[]>> => {
  const files = await readMigrations(directory);
  const lock = decodeFirst(Lock, await connection.rows(`SELECT GET_LOCK(${LOCK}, ?) AS held`, [lockWaitSeconds]));
  if (lock?.held !== 1) return E.left({ _tag: 'MigrationLocked', waitedSeconds: lockWaitSeconds });
  // A statement that waits for a long transaction would make every later one on the table wait behind it.
  await connection.write('SET SESSION lock_wait_timeout = 30');
  await connection.write(createLog(log));
  const plan = planOf(files, await readLog(connection, log));
  if (E.isLeft(plan)) return plan;
  const finished: string[] = [];
  for (const step of plan.right.steps) {
    const applied = await applyFile(connection, log, step);
    if (E.isLeft(applied)) return applied;
    finished.push(step.file.name);
  }
  return E.right(finished);
};

/**
 * Brings the database up to the directory: forward only, one process at a time (GET_LOCK, given back when the
 * connection ends), each file once. Answers the names of the files it finished.
 */
export const migrate = ({
  url,
  tls,
  directory,
  lockWaitSeconds = 60,
  statementTimeoutMs = 600_000,
  log = 'schema_migrations',
}: MigrateOptions): TaskEither<MigrationError, readonly string[]> =>
  pipe(
    storageAttempt('migrate', async () => {
      const pool = createMySqlPool({
        url,
        tls,
        connections: 1,
        acquireTimeoutMs: 10_000,
        queryTimeoutMs: Math.max(statementTimeoutMs, (lockWaitSeconds + 5) * 1_000),
      });
      try {
        return await pool.use((connection) => migrateOn(connection, directory, log, lockWaitSeconds));
      } finally {
        await pool.end();
      }
    }),
    TE.chainEitherKW((result) => result),
  );

/** Compares the database with the directory and changes nothing. */
export const migrationStatus = (
  pool: MySqlPool,
  directory: string,
  log: MigrationLog = 'schema_migrations',
): TaskEither<StorageUnavailable | MigrationConflict, MigrationStatus> =>
  pipe(
    storageAttempt('read migration status', async () =>
      planOf(await readMigrations(directory), await pool.use((connection) => readLog(connection, log))),
    ),
    TE.chainEitherKW((plan) => plan),
    TE.map(({ applied, steps }) => ({ applied, pending: steps.map(({ file }) => file.name) })),
  );
