import { createPool } from 'mysql2';
import type { Pool, PoolConnection } from 'mysql2';
import { MySqlConnection } from './mysql-connection.ts';
import type { TlsTrust } from '../tls-trust.ts';
import { AcquireTimeout, isPrivilegeMissing, noticeOf } from './mysql-errors.ts';
import type { MySqlObserver } from './mysql-observer.ts';
import { connectionOptions, serverOf, sessionSetup } from './mysql-url.ts';

export interface MySqlPoolOptions {
  /** `mysql://user:password@host:port/database`. */
  readonly url: string;
  /** Without it, connections are not encrypted. The URL must then name its host. */
  readonly tls?: TlsTrust | undefined;
  /** Most connections open at once. */
  readonly connections: number;
  /** Longest wait for a connection, opening one included. */
  readonly acquireTimeoutMs: number;
  /** Longest wait for the answer to one statement. Longer than `lockWaitSeconds`. */
  readonly queryTimeoutMs: number;
  /** Longest wait of a statement for a row lock, whole seconds; also how long a second request with the same Idempotency-Key waits. Default 1. */
  readonly lockWaitSeconds?: number;
  /**
   * The server ends a session that is silent for so long (whole seconds, rounded up) and rolls its transaction back, so
   * that a frozen process keeps no locks. Idle connections are closed in half of it. Default: as the server is set.
   */
  readonly silenceMs?: number;
  /**
   * Of rows that are changed, only the key and the changed columns go into the binary log, where the user may set that
   * (privilege SESSION_VARIABLES_ADMIN); else the whole row does, as the server is set, which costs time and room and does
   * no harm.
   */
  readonly smallRowImages?: boolean;
  readonly observer?: MySqlObserver;
}

/** Connections as they are just now. */
export interface PoolUsage {
  /** Most that may be open at once. */
  readonly limit: number;
  readonly inUse: number;
  /** Open, and in nobody’s use. */
  readonly free: number;
  /** Those who have asked for one and have none yet. */
  readonly waiting: number;
}

/**
 * MySQL connections with what mysql2 lacks: a time-out for getting one, a session that is set up before its first
 * use, and connections that are never handed on after a statement timed out.
 */
export class MySqlPool {
  readonly #pool: Pool;
  readonly #options: MySqlPoolOptions;
  readonly #ready = new WeakSet<PoolConnection>();
  readonly #open = new Set<PoolConnection>();
  readonly #inUse = new Set<PoolConnection>();
  #waiting = 0;
  #ended: Promise<void> | undefined;

  constructor(options: MySqlPoolOptions) {
    this.#options = options;
    this.#pool = createPool({
      ...connectionOptions(options.url, options.tls),
      connectionLimit: options.connections,
      // mysql2 closes idle connections only when not all of them may be idle.
      maxIdle: options.silenceMs === undefined ? options.connections : options.connections - 1,
      ...(options.silenceMs === undefined ? {} : { idleTimeout: options.silenceMs / 2 }),
      // Longer than anyone waits: a connection that opens late serves the next one. Were it given up together with its
      // waiter, a server that takes longer than that (all of its clients come back at once) would never get a client.
      connectTimeout: Math.max(options.acquireTimeoutMs, options.queryTimeoutMs),
      waitForConnections: true,
      queueLimit: 0,
    });
    this.#pool.on('connection', (connection) => {
      this.#open.add(connection);
      connection.once('end', () => this.#open.delete(connection));
      // mysql2 listens for the first error only; a second one without a listener would end the process.
      connection.on('error', () => this.#open.delete(connection));
    });
  }

  /**
   * A connection whose session is set up; give it back with `release` or `destroy`.
   * Rejects with `AcquireTimeout`, or with what the driver says when the server cannot be reached.
   */
  async acquire(): Promise<MySqlConnection> {
    const { observer } = this;
    const askedAt = performance.now();
    this.#waiting += 1;
    try {
      const connection = await this.#arrival();
      observer?.acquired(performance.now() - askedAt);
      return connection;
    } catch (cause) {
      observer?.notAcquired(cause instanceof AcquireTimeout ? 'timeout' : 'refused');
      throw cause;
    } finally {
      this.#waiting -= 1;
    }
  }

  get observer(): MySqlObserver | undefined {
    return this.#options.observer;
  }

  usage(): PoolUsage {
    return {
      limit: this.#options.connections,
      inUse: this.#inUse.size,
      free: [...this.#open].filter((connection) => !this.#inUse.has(connection)).length,
      waiting: this.#waiting,
    };
  }

  /** Runs `work` with a connection outside any transaction: each statement commits by itself. */
  async use<A>(work: (connection: MySqlConnection) => Promise<A>): Promise<A> {
    const connection = await this.acquire();
    try {
      return await work(connection);
    } finally {
      connection.release();
    }
  }

  /** Closes every connection, also those in use; waits at most `queryTimeoutMs` for the server. May be called again. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#options.queryTimeoutMs);
    });
    try {
      // A connection that cannot say goodbye is lost already, which is what was wanted.
      await Promise.race([new Promise<void>((resolve) => this.#pool.end(() => resolve())), timeout]);
    } finally {
      clearTimeout(timer);
      for (const connection of this.#open) connection.destroy();
    }
  }

  async #arrival(): Promise<MySqlConnection> {
    const { acquireTimeoutMs, url } = this.#options;
    let timedOut = false;
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        timedOut = true;
        reject(new AcquireTimeout(serverOf(url), acquireTimeoutMs));
      }, acquireTimeoutMs);
    });
    const arrival = this.#prepared().then((connection) => {
      if (timedOut) connection.release();
      return connection;
    });
    try {
      return await Promise.race([arrival, timeout]);
    } finally {
      clearTimeout(timer);
      arrival.catch(() => undefined);
    }
  }

  async #prepared(): Promise<MySqlConnection> {
    const raw = await this.#raw();
    this.#inUse.add(raw);
    const connection = new MySqlConnection(raw, this.#options.queryTimeoutMs, {
      released: () => this.#inUse.delete(raw),
      destroyed: () => {
        this.#inUse.delete(raw);
        this.#open.delete(raw);
      },
    });
    if (this.#ready.has(raw)) return connection;
    try {
      await connection.write(sessionSetup(this.#options.lockWaitSeconds ?? 1, this.#options.silenceMs));
      if (this.#options.smallRowImages === true) await setSmallRowImages(connection);
    } catch (error) {
      connection.destroy();
      throw error;
    }
    this.#ready.add(raw);
    return connection;
  }

  #raw(): Promise<PoolConnection> {
    return new Promise((resolve, reject) => {
      this.#pool.getConnection((error, connection) => {
        if (error === null) resolve(connection);
        else reject(noticeOf(error, serverOf(this.#options.url)));
      });
    });
  }
}

const setSmallRowImages = async (connection: MySqlConnection): Promise<void> => {
  try {
    await connection.write("SET SESSION binlog_row_image = 'MINIMAL'");
  } catch (error) {
    if (!isPrivilegeMissing(error)) throw error;
  }
};

export const createMySqlPool = (options: MySqlPoolOptions): MySqlPool => new MySqlPool(options);
