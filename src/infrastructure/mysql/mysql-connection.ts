import type { PoolConnection, QueryResult, ResultSetHeader, RowDataPacket } from 'mysql2';
import { ConnectionGone, QueryTimeout, isConnectionLost, withoutValues } from './mysql-errors.ts';

export type SqlScalar = string | number | boolean | null;
/** A scalar, a list for `IN (?)`, or rows for `VALUES ?`. Lists must not be empty. */
export type SqlValue = SqlScalar | readonly SqlScalar[] | readonly (readonly SqlScalar[])[];

export interface WriteResult {
  /** Rows found (UPDATE), inserted or deleted. */
  readonly affectedRows: number;
  readonly insertId: number;
}

const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value);
const isSafe = (value: unknown): boolean => (Array.isArray(value) ? value.every(isSafe) : isScalar(value));

/** mysql2 lets some objects choose how they are written into the statement, so none gets that far. */
const scalarsOnly = (values: readonly SqlValue[]): SqlValue[] => {
  if (!values.every(isSafe)) throw new TypeError('a value for SQL is neither a scalar nor a list of scalars');
  return [...values];
};

/** How whoever lent a connection hears that it is not used any more. */
export interface ConnectionEnds {
  released(): void;
  destroyed(): void;
}

/**
 * One borrowed connection. SQL text is constant, values go into `?`. When an answer does not come in time, the
 * connection is destroyed: mysql2 leaves it busy, and the late answer would be taken for that of the next statement.
 */
export class MySqlConnection {
  readonly #connection: PoolConnection;
  readonly #queryTimeoutMs: number;
  readonly #ended: ConnectionEnds;
  #gone = false;

  constructor(connection: PoolConnection, queryTimeoutMs: number, ended: ConnectionEnds) {
    this.#connection = connection;
    this.#queryTimeoutMs = queryTimeoutMs;
    this.#ended = ended;
  }

  /** True once the session is known to be over. A lost session may go unnoticed until the next statement. */
  get gone(): boolean {
    return this.#gone;
  }

  /** The server's number of this session, as shown by SHOW PROCESSLIST. */
  get threadId(): number {
    return this.#connection.threadId;
  }

  /** Rows of a SELECT, undecoded. */
  async rows(sql: string, values: readonly SqlValue[] = []): Promise<readonly unknown[]> {
    return this.#query<RowDataPacket[]>(sql, scalarsOnly(values));
  }

  /** Runs a statement that returns no rows. */
  async write(sql: string, values: readonly SqlValue[] = []): Promise<WriteResult> {
    const { affectedRows, insertId } = await this.#query<ResultSetHeader>(sql, scalarsOnly(values));
    return { affectedRows, insertId };
  }

  /** Back to the pool; a connection that is gone is thrown away instead. */
  release(): void {
    if (this.#gone) return;
    this.#ended.released();
    this.#connection.release();
  }

  /** Closes the socket at once. What was under way has an unknown outcome. */
  destroy(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#connection.destroy();
    this.#ended.destroyed();
  }

  /** Of mysql2 without its promises, which take a stack trace for each statement: a tenth of what a statement costs. */
  async #query<A extends QueryResult>(sql: string, values: SqlValue[]): Promise<A> {
    if (this.#gone) throw new ConnectionGone();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<A>((resolve, reject) => {
        timer = setTimeout(() => {
          this.destroy();
          reject(new QueryTimeout(this.#queryTimeoutMs));
        }, this.#queryTimeoutMs);
        this.#connection.query<A>(sql, values, (error, result) => {
          if (error === null) resolve(result);
          else reject(error);
        });
      });
    } catch (error) {
      if (isConnectionLost(error)) this.destroy();
      throw withoutValues(error);
    } finally {
      clearTimeout(timer);
    }
  }
}
