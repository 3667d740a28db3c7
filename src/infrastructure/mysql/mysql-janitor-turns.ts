import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { JanitorTurns, Turn } from '../../application/ports/janitor-turn.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { MySqlConnection } from './mysql-connection.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { decodeFirst } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

/** Locks are the server's: the name tells databases of one server apart. At most 64 characters. */
const LOCK = `CONCAT('janitor:', SHA2(CONCAT(DATABASE(), '/', ?), 224))`;

const TAKE = `
SELECT COALESCE(GET_LOCK(${LOCK}, 0), 0) AS held`;

const IS_MINE = `
SELECT COALESCE(IS_USED_LOCK(${LOCK}) = CONNECTION_ID(), 0) AS held`;

const GIVE_BACK = `
SELECT COALESCE(RELEASE_LOCK(${LOCK}), 0) AS held`;

const Held = t.strict({ held: t.union([t.literal(0), t.literal(1)]) });

/**
 * A turn is a lock of the session that took it (GET_LOCK): it needs no table and no right, and ends with the session,
 * however that one ends. The pool should end sessions that are silent (`silenceMs`), so that a frozen janitor does not
 * keep its turn.
 */
export class MySqlJanitorTurns implements JanitorTurns {
  readonly #pool: MySqlPool;
  readonly #work: string;

  /** `work` names what one janitor at a time does. */
  constructor(pool: MySqlPool, work: string) {
    this.#pool = pool;
    this.#work = work;
  }

  take(): TaskEither<StorageUnavailable, Turn | undefined> {
    return storageAttempt('take the turn of the janitor', async () => {
      const connection = await this.#pool.acquire();
      try {
        if (await this.#asks(connection, TAKE)) return this.#turnOn(connection);
      } catch (cause) {
        connection.destroy();
        throw cause;
      }
      connection.release();
      return undefined;
    });
  }

  #turnOn(connection: MySqlConnection): Turn {
    return {
      isHeld: () => this.#asks(connection, IS_MINE).catch(() => false),
      end: async () => {
        const given = await this.#asks(connection, GIVE_BACK).catch(() => false);
        if (given) connection.release();
        else connection.destroy();
      },
    };
  }

  async #asks(connection: MySqlConnection, question: string): Promise<boolean> {
    return decodeFirst(Held, await connection.rows(question, [this.#work]))?.held === 1;
  }
}
