import { createServer } from 'node:net';
import { once } from 'node:events';
import { createConsumer, ignore } from '../../../src/consumer-kit.ts';
import { createService } from '../../../src/composition/create-service.ts';
import { catalog } from '../../../src/domain/order/events/catalog.ts';
import * as R from 'fp-ts/lib/Record.js';
import { decodeConsumerSettings } from '../../../src/infrastructure/consumer-config.ts';
import { decodeServiceConfig } from '../../../src/infrastructure/config.ts';
import { rightOf } from '../decoded.ts';
import { send } from '../http-client.ts';

/** Where nothing listens. */
const NOWHERE = { MYSQL_URL: 'mysql://nobody:nothing@127.0.0.1:1/none', KAFKA_BROKERS: '127.0.0.1:1' };

const SERVICE_ROLES = ['api', 'relay', 'janitor'] as const;
export const PROCESSES = [...SERVICE_ROLES, 'consumer'] as const;
export type ProcessKind = (typeof PROCESSES)[number];

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const ask = async (url: string): Promise<string> => {
  // The second answer also tells how long the first one took.
  await send(url, { method: 'GET', path: '/metrics' });
  return (await send(url, { method: 'GET', path: '/metrics' })).body;
};

const ofService = async (role: (typeof SERVICE_ROLES)[number]): Promise<string> => {
  const config = decodeServiceConfig({
    ...NOWHERE,
    ...{ HTTP_PORT: '0', RELAY_HTTP_PORT: '0', JANITOR_HTTP_PORT: '0' },
    ...{ LOG_LEVEL: 'silent', MYSQL_ACQUIRE_TIMEOUT_MS: '50', SHUTDOWN_DEADLINE_MS: '100' },
  });
  const service = await createService(rightOf(config), role);
  try {
    return await ask(await service.start());
  } finally {
    await service.stop();
  }
};

const ofConsumer = async (): Promise<string> => {
  const port = await freePort();
  const { settings } = rightOf(
    decodeConsumerSettings(
      {
        ...{ CONSUMER_MYSQL_URL: NOWHERE.MYSQL_URL, KAFKA_BROKERS: NOWHERE.KAFKA_BROKERS, LOG_LEVEL: 'silent' },
        ...{
          ORDERS_API_URL: 'http://127.0.0.1:1',
          CONSUMER_HTTP_PORT: String(port),
          MYSQL_ACQUIRE_TIMEOUT_MS: '50',
        },
      },
      {},
    ),
  );
  const handlers = R.map((): typeof ignore => ignore)(catalog);
  const consumer = createConsumer({ name: 'metrics', group: 'metrics', handlers }, settings);
  const ended = consumer.start();
  try {
    return await ask(`http://127.0.0.1:${port}`);
  } finally {
    await consumer.stop();
    await ended;
  }
};

/**
 * What `GET /metrics` of each process says while it reaches neither MySQL nor Kafka: every metric has its HELP and TYPE,
 * and those that are read at the other side have no sample.
 */
export const exposedMetrics = async (): Promise<ReadonlyMap<ProcessKind, string>> =>
  new Map(
    await Promise.all(
      PROCESSES.map(async (kind): Promise<readonly [ProcessKind, string]> => [
        kind,
        kind === 'consumer' ? await ofConsumer() : await ofService(kind),
      ]),
    ),
  );
