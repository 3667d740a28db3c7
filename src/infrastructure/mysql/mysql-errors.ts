/** No connection came free, or none could be opened, within the acquire time-out. */
export class AcquireTimeout extends Error {
  override readonly name = 'AcquireTimeout';
  constructor(
    /** `host:port` */
    readonly server: string,
    readonly timeoutMs: number,
  ) {
    super(`no connection to MySQL at ${server} within ${timeoutMs} ms`);
  }
}

/** The server did not answer in time. The statement may still be running there; the connection was destroyed. */
export class QueryTimeout extends Error {
  override readonly name = 'QueryTimeout';
  constructor(readonly timeoutMs: number) {
    super(`no answer from MySQL within ${timeoutMs} ms`);
  }
}

/** No connection that could be trusted: it ended before anything secret was sent. */
export class ServerNotTrusted extends Error {
  override readonly name = 'ServerNotTrusted';
  constructor(
    /** `host:port` */
    readonly server: string,
    cause: Error,
  ) {
    super(`MySQL at ${server} does not show a certificate that MYSQL_TLS_CA vouches for, in that name`, { cause });
  }
}

/** The connection was closed or destroyed before; the statement was never sent. */
export class ConnectionGone extends Error {
  override readonly name = 'ConnectionGone';
  constructor() {
    super('the MySQL connection was lost before; nothing was sent');
  }
}

const fieldOf = (error: unknown, name: 'errno' | 'fatal' | 'sqlState'): unknown =>
  typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined;

/** Error number of an error packet that the server sent; undefined for everything the client noticed by itself. */
export const serverErrorNumber = (error: unknown): number | undefined => {
  const errno = fieldOf(error, 'errno');
  return typeof errno === 'number' && fieldOf(error, 'sqlState') !== undefined ? errno : undefined;
};

const UNTRUSTED: ReadonlySet<string> = new Set(['HANDSHAKE_SSL_ERROR', 'HANDSHAKE_NO_SSL_SUPPORT']);

/** What to tell of a connection that could not be made: the driver's error, or what it means. */
export const noticeOf = (error: Error, server: string): Error =>
  'code' in error && typeof error.code === 'string' && UNTRUSTED.has(error.code)
    ? new ServerNotTrusted(server, error)
    : error;

const LOCK_WAIT_TIMEOUT = 1205;
const PRIVILEGE_MISSING = 1227;
const DEADLOCK = 1213;
const DUPLICATE_ENTRY = 1062;

export const isLockWaitTimeout = (error: unknown): boolean => serverErrorNumber(error) === LOCK_WAIT_TIMEOUT;
export const isDeadlock = (error: unknown): boolean => serverErrorNumber(error) === DEADLOCK;
export const isPrivilegeMissing = (error: unknown): boolean => serverErrorNumber(error) === PRIVILEGE_MISSING;
export const isDuplicateEntry = (error: unknown): boolean => serverErrorNumber(error) === DUPLICATE_ENTRY;

/** Errors with which the server announces that it ends the session: shutdown, killed, idle for too long. */
const SESSION_ENDS: ReadonlySet<number> = new Set([1053, 1927, 3169, 4031]);

/** The session is over: closed by the server, killed, reset by the network. */
export const isConnectionLost = (error: unknown): boolean => {
  if (error instanceof ConnectionGone) return true;
  const errno = serverErrorNumber(error);
  return errno === undefined ? fieldOf(error, 'fatal') === true : SESSION_ENDS.has(errno);
};

/**
 * Error packets that, as an answer to COMMIT, say for certain that the transaction was rolled back: deadlock, lock
 * wait, rollback by replication, and the three refusals of a read-only server.
 */
const COMMIT_REFUSED: ReadonlySet<number> = new Set([DEADLOCK, LOCK_WAIT_TIMEOUT, 3101, 1290, 1792, 1836]);
export const isCommitRefused = (error: unknown): boolean => COMMIT_REFUSED.has(serverErrorNumber(error) ?? 0);

/** Errors whose message quotes names only: of users, databases, tables, columns, keys, variables. */
const QUOTES_NAMES: ReadonlySet<number> = new Set([
  ...[1044, 1045, 1048, 1049, 1050, 1051, 1054, 1060, 1061, 1072, 1091, 1142, 1143, 1146, 1193, 1227, 1231, 1264, 1364],
  ...[1370, 1406, 1698, 3819],
]);

/** A value is quoted as it is, with whatever quotes are in it; the key or column that it is for may be told. */
const hideQuoted = (message: string): string => {
  const purpose = / for (?:key|column) '[^']*'[^']*$/.exec(message);
  const told = purpose === null ? '' : purpose[0];
  return `${message.slice(0, message.length - told.length).replace(/'[^]*'/, "'…'")}${told}`;
};

/**
 * The error as the server gave it, but for values of rows: MySQL quotes them in messages (`Duplicate entry '…' for key`),
 * the driver keeps the whole statement beside, and errors are logged.
 */
export const withoutValues = (error: unknown): unknown => {
  const number = serverErrorNumber(error);
  if (number === undefined || !(error instanceof Error)) return error;
  for (const field of ['sql', 'sqlMessage']) Reflect.deleteProperty(error, field);
  if (!QUOTES_NAMES.has(number)) error.message = hideQuoted(error.message);
  return error;
};
