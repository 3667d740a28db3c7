import * as t from 'io-ts';
import { createService } from '../../src/composition/create-service.ts';
import { decodeServiceConfig } from '../../src/infrastructure/config.ts';
import type { Environment } from '../../src/infrastructure/config.ts';
import { decoded, rightOf } from './decoded.ts';
import { eventually } from './eventually.ts';
import { send } from './http-client.ts';
import type { HttpAnswer, HttpRequest } from './http-client.ts';
import { migratedDatabase, testPool } from './mysql-storage.ts';

/** Nothing listens there: the API itself must not need a broker. */
const NO_BROKER = '127.0.0.1:1';
export const OPERATOR_TOKEN = 'operator-token-of-the-tests';

export interface RunningApi {
  readonly url: string;
  /** `mysql://…` of its database. */
  readonly mysqlUrl: string;
  send(request: HttpRequest): Promise<HttpAnswer>;
  /** Plain SQL, past the service. */
  rows(sql: string, values?: readonly (string | number)[]): Promise<readonly unknown[]>;
  /** Runs `act` while another transaction has run `sql` and not ended; it is rolled back then. */
  holdingTransaction(sql: string, values: readonly (string | number)[], act: () => Promise<void>): Promise<void>;
  /** Stops the service only; the database stays for a look. */
  stopService(): Promise<void>;
  stop(): Promise<void>;
}

export interface ApiOptions {
  readonly env?: Environment;
  /** Where the API finds MySQL, given where MySQL is; a proxy in between, say. */
  readonly reachMySqlAt?: (url: string) => string;
  /** False: `start` resolves when it listens, ready or not. */
  readonly waitUntilReady?: boolean;
}

/** The API as it runs in production, in this process, with a database of its own and no broker. */
export const startApi = async (options: ApiOptions = {}): Promise<RunningApi> => {
  const database = await migratedDatabase();
  const pool = testPool(database.url, { connections: 2 });
  await pool.use((connection) =>
    connection.write('INSERT INTO topic_pins (topic, partitions) VALUES (?, ?)', ['orders.events.v1', 6]),
  );
  const config = decodeServiceConfig({
    MYSQL_URL: (options.reachMySqlAt ?? ((url) => url))(database.url),
    KAFKA_BROKERS: NO_BROKER,
    HTTP_PORT: '0',
    LOG_LEVEL: 'silent',
    OPERATOR_TOKEN,
    ...options.env,
  });
  const service = await createService(rightOf(config), 'api');
  const url = await service.start();
  let stopped: Promise<void> | undefined;
  if (options.waitUntilReady !== false)
    await eventually(async () => {
      const { status, body } = await send(url, { method: 'GET', path: '/readyz' });
      if (status !== 200) throw new Error(`the API is not ready: ${body}`);
    });
  return {
    url,
    mysqlUrl: database.url,
    send: (request) => send(url, request),
    rows: (sql, values) => pool.use((connection) => connection.rows(sql, values)),
    holdingTransaction: (sql, values, act) =>
      pool.use(async (connection) => {
        await connection.write('START TRANSACTION');
        try {
          await connection.write(sql, values);
          await act();
        } finally {
          await connection.write('ROLLBACK');
        }
      }),
    stopService: () => (stopped ??= service.stop()),
    stop: async () => {
      await (stopped ??= service.stop());
      await pool.end();
      await database.drop();
    },
  };
};

const CountRow = t.type({ orders: t.number, outbox: t.number, keys: t.number, audit: t.number });

/** How many rows of each kind there are. */
export const countRows = async (api: RunningApi): Promise<t.TypeOf<typeof CountRow>> => {
  const [row] = await api.rows(
    'SELECT (SELECT COUNT(*) FROM orders) AS orders, (SELECT COUNT(*) FROM outbox) AS outbox, ' +
      '(SELECT COUNT(*) FROM idempotency_keys) AS `keys`, ' +
      '(SELECT COUNT(*) FROM operator_audit) + (SELECT COUNT(*) FROM consumer_acts) AS audit',
  );
  return decoded(CountRow, row);
};
