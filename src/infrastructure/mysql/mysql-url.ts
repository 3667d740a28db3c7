import type { ConnectionOptions } from 'mysql2/promise';
import type { TlsTrust } from '../tls-trust.ts';

/** The driver's own default takes a certificate for any name. */
const sslOf = ({ ca }: TlsTrust): NonNullable<ConnectionOptions['ssl']> => ({
  ...(ca === undefined ? {} : { ca }),
  rejectUnauthorized: true,
  verifyIdentity: true,
});

/**
 * Options that every connection of ours has, from `mysql://user:password@host:port/database`.
 * Parameters could switch off what is set here, so they are refused.
 *
 * - Times stay strings, since a Date loses microseconds. Whole numbers beyond 2^53 stay strings too.
 * - Objects given as values become strings; they can never become SQL.
 * - Counts of UPDATE are rows found, also those that already held the new values.
 */
export const connectionOptions = (url: string, tls?: TlsTrust): ConnectionOptions => {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  if (protocol !== 'mysql:') throw new Error(`a MySQL URL begins with mysql://, not ${protocol}//`);
  for (const name of searchParams.keys()) throw new Error(`the MySQL URL has an unknown parameter: ${name}`);
  return {
    host: decodeURIComponent(hostname.replace(/^\[(.*)\]$/, '$1')),
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ...(tls === undefined ? {} : { ssl: sslOf(tls) }),
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    stringifyObjects: true,
    multipleStatements: false,
    flags: ['FOUND_ROWS', '-LOCAL_FILES'],
  };
};

/** `host:port` of a MySQL URL, without what is secret in it. */
export const serverOf = (url: string): string => {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? '3306' : port}`;
};

const SQL_MODE = [
  'STRICT_TRANS_TABLES',
  'ONLY_FULL_GROUP_BY',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
].join(',');

/**
 * What a new session must run before its first use. `timezone` above only tells the driver how to read; NOW() needs
 * the session's own setting.
 */
export const sessionSetup = (lockWaitSeconds: number, silenceMs?: number): string =>
  `SET SESSION time_zone = '+00:00', SESSION transaction_isolation = 'READ-COMMITTED', ` +
  `SESSION innodb_lock_wait_timeout = ${lockWaitSeconds}, SESSION sql_mode = '${SQL_MODE}'` +
  (silenceMs === undefined ? '' : `, SESSION wait_timeout = ${Math.ceil(silenceMs / 1_000)}`);
