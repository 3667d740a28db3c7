import { randomUUID } from 'node:crypto';
import * as t from 'io-ts';
import { laneOf } from '../../../src/application/relay/lanes.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { decodeRows } from '../../../src/infrastructure/mysql/rows.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { eventually } from '../../support/eventually.ts';
import { send } from '../../support/http-client.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import type { ServiceProcess } from '../../support/service-process.ts';
import { readTopic } from '../kafka/topic-log.ts';

export const LANES = 6;

const LeaseRow = t.type({ name: t.string, owner: t.string, epoch: t.number });
const Count = t.type({ n: t.number });

export interface RelayProcess extends ServiceProcess {
  readonly owner: string;
}

/** Relays as processes of their own, over one database and one topic, and orders that commit events meanwhile. */
export class RelayProcesses {
  private readonly started: RelayProcess[] = [];
  private readonly outbox = new MySqlOutbox({ laneOf: (key) => laneOf(key, LANES), maxEventBytes: 1_000_000 });
  private readonly sequences = new Map(Array.from({ length: 30 }, () => [randomUUID() as string, 0]));

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: MySqlPool,
    private readonly topic: TestTopic,
    private readonly leaseMs: number,
  ) {}

  static async open(leaseMs: number): Promise<RelayProcesses> {
    const database = await migratedDatabase();
    return new RelayProcesses(database, testPool(database.url), await freshTopic({ partitions: LANES }), leaseMs);
  }

  /** Resolves once it leads lanes. */
  async start(): Promise<RelayProcess> {
    const service = await startServiceProcess('relay', {
      MYSQL_URL: this.database.url,
      KAFKA_BROKERS: kafkaBrokers().join(','),
      ORDER_TOPIC: this.topic.name,
      OUTBOX_MAX_EVENT_BYTES: '1000000',
      RELAY_LEASE_MS: String(this.leaseMs),
      KAFKA_REQUEST_TIMEOUT_MS: '2000',
      MYSQL_QUERY_TIMEOUT_MS: '2500',
    });
    const known = new Set(this.started.map(({ owner }) => owner));
    const owner = await eventually(async () => {
      const found = (await this.leases()).find((lease) => lease.owner !== '' && !known.has(lease.owner));
      if (found === undefined) throw new Error(`the relay leads no lane: ${service.log()}`);
      return found.owner;
    });
    const relay = { ...service, owner };
    this.started.push(relay);
    return relay;
  }

  /** Those that have not expired. */
  leases(): Promise<readonly t.TypeOf<typeof LeaseRow>[]> {
    return this.pool.use(async (connection) =>
      decodeRows(
        LeaseRow,
        await connection.rows('SELECT name, owner, epoch FROM relay_leases WHERE expires_at > NOW(6) ORDER BY name'),
      ),
    );
  }

  /** Resolves once `relay` leads as many lanes as told; answers how long that took, milliseconds. */
  async leads(relay: RelayProcess, lanes: number, limitMs = 15_000): Promise<number> {
    const since = performance.now();
    await eventually(async () => {
      const held = (await this.leases()).filter(({ owner }) => owner === relay.owner).length;
      if (held !== lanes) throw new Error(`it leads ${held} lanes, not ${lanes}`);
    }, limitMs);
    return performance.now() - since;
  }

  /** Commits the next event of each order. */
  async append(): Promise<void> {
    const unitOfWork = new MySqlUnitOfWork(this.pool);
    for (const [orderKey, last] of this.sequences) {
      await right(
        unitOfWork.run({ action: 'append', rerunAfterUnknownCommit: false }, (tx) =>
          this.outbox.append(tx, [anEvent(orderKey, last + 1)]),
        ),
      );
      this.sequences.set(orderKey, last + 1);
    }
  }

  /** Commits events all the time until the function it answers is called; that resolves when the last is committed. */
  appendOn(): () => Promise<void> {
    const ended = new AbortController();
    const appending = (async (): Promise<void> => {
      while (!ended.signal.aborted) await this.append();
    })();
    return async () => {
      ended.abort();
      await appending;
    };
  }

  async allCompleted(limitMs = 20_000): Promise<void> {
    await eventually(async () => {
      const rows = await this.pool.use((connection) =>
        connection.rows("SELECT COUNT(*) AS n FROM outbox WHERE status <> 'COMPLETED'"),
      );
      const [left] = decodeRows(Count, rows);
      if (left?.n !== 0) throw new Error(`${left?.n ?? '?'} events are not COMPLETED`);
    }, limitMs);
  }

  /** First appearances of each order on the topic, and how many were committed. */
  async firstAppearances(): Promise<readonly { readonly seen: readonly number[]; readonly committed: number }[]> {
    const log = await readTopic(this.topic.name);
    return [...this.sequences].map(([orderKey, committed]) => {
      const records = log.filter(({ message }) => message.key?.toString() === orderKey);
      const seen = records.map(({ message }) => Number(message.headers?.['ce_sequence']?.toString()));
      return { seen: [...new Set(seen)], committed };
    });
  }

  async close(): Promise<void> {
    for (const relay of this.started) {
      relay.kill('SIGKILL');
      await relay.ended;
    }
    await this.pool.end();
    await this.database.drop();
    await this.topic.drop();
  }
}

/** The value of a metric without labels. */
export const metricOf = async ({ url }: Pick<ServiceProcess, 'url'>, name: string): Promise<number> => {
  const { body } = await send(url, { method: 'GET', path: '/metrics' });
  const value = new RegExp(`^${name} (\\S+)$`, 'm').exec(body)?.[1];
  if (value === undefined) throw new Error(`no metric ${name}`);
  return Number(value);
};
