import type { ConnectionOptions } from 'mysql2/promise';

const sslOf = (parameter: string): NonNullable<ConnectionOptions['ssl']> => {
  try {
    const parsed: unknown = JSON.parse(parameter);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : parameter;
  } catch {
    return parameter;
  }
};

/**
 * Options that every connection of ours has, from `mysql://user:password@host:port/database`.
 * The only parameter is `ssl`: JSON of TLS options, or the name of a profile of mysql2. Others could switch off what
 * is set here, so they are refused.
 *
 * - Times stay strings, since a Date loses microseconds. Whole numbers beyond 2^53 stay strings too.
 * - Objects given as values become strings; they can never become SQL.
 * - Counts of UPDATE are rows found, also those that already held the new values.
 */
export const connectionOptions = (url: string): ConnectionOptions => {
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(url);
  if (protocol !== 'mysql:') throw new Error(`a MySQL URL begins with mysql://, not ${protocol}//`);
  for (const name of searchParams.keys())
    if (name !== 'ssl') throw new Error(`the MySQL URL has an unknown parameter: ${name}`);
  const ssl = searchParams.get('ssl');
  return {
    host: decodeURIComponent(hostname.replace(/^\[(.*)\]$/, '$1')),
    port: port === '' ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ...(ssl === null ? {} : { ssl: sslOf(ssl) }),
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
