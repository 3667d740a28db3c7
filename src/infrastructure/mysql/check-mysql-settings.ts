import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { Observation } from '../../application/ports/examination.ts';
import type { Finding } from '../../application/ports/start-check.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { UnreadableRow, WholeNumber, decodeFirst } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const SELECT_SETTINGS = `
SELECT VERSION() AS version, @@SESSION.transaction_isolation AS isolation, @@SESSION.sql_mode AS sql_mode,
  @@SESSION.time_zone AS time_zone, @@GLOBAL.innodb_flush_log_at_trx_commit AS flush_log, @@GLOBAL.log_bin AS log_bin,
  @@GLOBAL.sync_binlog AS sync_binlog, @@GLOBAL.innodb_doublewrite AS doublewrite,
  @@GLOBAL.max_allowed_packet AS max_allowed_packet, @@GLOBAL.read_only AS read_only, @@SESSION.autocommit AS autocommit,
  @@GLOBAL.innodb_autoinc_lock_mode AS autoinc_lock_mode`;

/** What a session of ours sees. */
const SettingsRow = t.strict({
  version: t.string,
  isolation: t.string,
  sql_mode: t.string,
  time_zone: t.string,
  flush_log: WholeNumber,
  log_bin: WholeNumber,
  sync_binlog: WholeNumber,
  doublewrite: t.string,
  max_allowed_packet: WholeNumber,
  read_only: WholeNumber,
  autocommit: WholeNumber,
  autoinc_lock_mode: WholeNumber,
});
export type MySqlSettings = t.TypeOf<typeof SettingsRow>;

export interface MySqlRequirements {
  /** As given to the outbox; a statement may carry such an event with every byte escaped. */
  readonly maxEventBytes: number;
}

/** Statement text around an event: the other columns and the SQL. */
const STATEMENT_OVERHEAD_BYTES = 1_048_576;

interface Rule {
  /** What is looked at, as it is: for whoever wants to see it. */
  readonly shows: (settings: MySqlSettings) => string;
  readonly broken: (settings: MySqlSettings, requirements: MySqlRequirements) => boolean;
  readonly problem: (settings: MySqlSettings) => string;
  readonly mend: (requirements: MySqlRequirements) => string;
}

const packetBytes = ({ maxEventBytes }: MySqlRequirements): number => 2 * maxEventBytes + STATEMENT_OVERHEAD_BYTES;

const isSupported = (version: string): boolean => {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const atLeast = major > 8 || (major === 8 && (minor > 0 || patch >= 22));
  return atLeast && !version.includes('MariaDB');
};

const RULES: readonly Rule[] = [
  {
    shows: ({ version }) => `MySQL ${version}`,
    broken: ({ version }) => !isSupported(version),
    problem: ({ version }) => `the server is ${version}`,
    mend: () => 'use MySQL 8.0.22 or later; MariaDB speaks another dialect',
  },
  {
    shows: () => 'takes writes',
    broken: ({ read_only }) => read_only !== 0,
    problem: () => 'the server is read-only: a replica, or an operator made it so',
    mend: () => 'point MYSQL_URL at the source, or SET GLOBAL read_only = OFF',
  },
  {
    shows: ({ flush_log }) => `innodb_flush_log_at_trx_commit ${flush_log}`,
    broken: ({ flush_log }) => flush_log !== 1,
    problem: ({ flush_log }) =>
      `innodb_flush_log_at_trx_commit is ${flush_log}: a crash could lose orders that were confirmed`,
    mend: () => 'SET PERSIST innodb_flush_log_at_trx_commit = 1',
  },
  {
    shows: ({ log_bin, sync_binlog }) => (log_bin === 1 ? `sync_binlog ${sync_binlog}` : 'no binary log'),
    broken: ({ log_bin, sync_binlog }) => log_bin === 1 && sync_binlog !== 1,
    problem: ({ sync_binlog }) =>
      `sync_binlog is ${sync_binlog}: a crash could leave replicas without confirmed orders`,
    mend: () => 'SET PERSIST sync_binlog = 1',
  },
  {
    shows: ({ doublewrite }) => `innodb_doublewrite ${doublewrite}`,
    broken: ({ doublewrite }) => doublewrite === 'OFF',
    problem: () => 'innodb_doublewrite is OFF: a crash in the middle of a page could destroy committed rows',
    mend: () => 'start the server with innodb_doublewrite = ON',
  },
  {
    shows: ({ max_allowed_packet }) => `max_allowed_packet ${max_allowed_packet}`,
    broken: (settings, requirements) => settings.max_allowed_packet < packetBytes(requirements),
    problem: ({ max_allowed_packet }) =>
      `max_allowed_packet is ${max_allowed_packet} bytes: too small for the largest event`,
    mend: (requirements) =>
      `SET PERSIST max_allowed_packet = ${packetBytes(requirements)} or more and restart this service, or lower OUTBOX_MAX_EVENT_BYTES`,
  },
  {
    shows: ({ autoinc_lock_mode }) => `innodb_autoinc_lock_mode ${autoinc_lock_mode}`,
    broken: ({ autoinc_lock_mode }) => autoinc_lock_mode !== 2,
    problem: ({ autoinc_lock_mode }) =>
      `innodb_autoinc_lock_mode is ${autoinc_lock_mode}: transactions that append events would wait for each other`,
    mend: () => 'start the server with innodb_autoinc_lock_mode = 2, the default',
  },
  {
    shows: ({ isolation }) => `sessions at ${isolation}`,
    broken: ({ isolation }) => isolation !== 'READ-COMMITTED',
    problem: ({ isolation }) => `sessions run at ${isolation}`,
    mend: () => 'let the session setup through: a proxy before MySQL must not drop SET SESSION',
  },
  {
    shows: ({ sql_mode }) => `sql_mode ${sql_mode}`,
    broken: ({ sql_mode }) => !sql_mode.split(',').includes('STRICT_TRANS_TABLES'),
    problem: ({ sql_mode }) => `sessions have sql_mode '${sql_mode}', which cuts values silently`,
    mend: () => 'let the session setup through: a proxy before MySQL must not drop SET SESSION',
  },
  {
    shows: ({ time_zone }) => `time_zone ${time_zone}`,
    broken: ({ time_zone }) => time_zone !== '+00:00',
    problem: ({ time_zone }) => `sessions have time_zone ${time_zone}`,
    mend: () => 'let the session setup through: a proxy before MySQL must not drop SET SESSION',
  },
  {
    shows: ({ autocommit }) => `autocommit ${autocommit}`,
    broken: ({ autocommit }) => autocommit !== 1,
    problem: () => 'sessions have autocommit off: leases would never be seen by others',
    mend: () => 'SET PERSIST autocommit = ON',
  },
];

const findingOf = ({ problem, mend }: Rule, settings: MySqlSettings, requirements: MySqlRequirements): Finding => ({
  problem: problem(settings),
  mend: mend(requirements),
});

/** Every setting that would break a guarantee, with how to mend it. */
export const judgeMySqlSettings = (settings: MySqlSettings, requirements: MySqlRequirements): readonly Finding[] =>
  RULES.filter(({ broken }) => broken(settings, requirements)).map((rule) => findingOf(rule, settings, requirements));

/** Every setting that is looked at: what it is, or what is wrong with it. */
export const observeMySqlSettings = (
  settings: MySqlSettings,
  requirements: MySqlRequirements,
): readonly Observation[] =>
  RULES.map((rule) => {
    if (!rule.broken(settings, requirements)) return { state: 'ok', says: rule.shows(settings) };
    const { problem: says, mend = '' } = findingOf(rule, settings, requirements);
    return { state: 'fail', says, mend };
  });

/** As a session of `pool` sees them. */
export const readMySqlSettings = (pool: MySqlPool): TaskEither<StorageUnavailable, MySqlSettings> =>
  storageAttempt('read MySQL settings', async () => {
    const settings = decodeFirst(SettingsRow, await pool.use((connection) => connection.rows(SELECT_SETTINGS)));
    if (settings === undefined) throw new UnreadableRow('MySQL answered no settings');
    return settings;
  });

/** Asks the server as a session of `pool` sees it. No findings: all is well. */
export const checkMySqlSettings = (
  pool: MySqlPool,
  requirements: MySqlRequirements,
): TaskEither<StorageUnavailable, readonly Finding[]> =>
  pipe(
    readMySqlSettings(pool),
    TE.map((settings) => judgeMySqlSettings(settings, requirements)),
  );
