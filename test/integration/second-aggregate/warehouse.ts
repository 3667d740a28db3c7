import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type { EventTooLarge } from '../../../src/application/ports/outbox.ts';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { Transaction } from '../../../src/application/ports/transaction.ts';
import type { UnitOfWorkError } from '../../../src/application/ports/unit-of-work.ts';
import { laneOf } from '../../../src/application/relay/lanes.ts';
import { Relay } from '../../../src/application/relay/relay.ts';
import { systemClock } from '../../../src/infrastructure/clock.ts';
import { KafkaPublisher } from '../../../src/infrastructure/kafka/kafka-publisher.ts';
import { kafkaJsPublishingClient } from '../../../src/infrastructure/kafka/kafkajs-publishing-client.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayLeases } from '../../../src/infrastructure/mysql/mysql-relay-leases.ts';
import { MySqlRelayOutbox } from '../../../src/infrastructure/mysql/mysql-relay-outbox.ts';
import { MySqlUnitOfWork, connectionOf } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { decodeFirst } from '../../../src/infrastructure/mysql/rows.ts';
import { Recorder } from '../../application/relay/relay-house.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import { kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';
import { decide, encode, evolve, stockContract } from './stock-item.ts';
import type { NotEnoughStock, StockCommand } from './stock-item.ts';

export const LANES = 3;

const CREATE_STOCK = `
  CREATE TABLE stock (
    item_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    version INT UNSIGNED NOT NULL,
    on_hand INT UNSIGNED NOT NULL,
    PRIMARY KEY (item_id)
  )`;

const Row = t.strict({ version: t.number, onHand: t.number });
export type StockRow = t.TypeOf<typeof Row>;

export type HandleError = NotEnoughStock | EventTooLarge | UnitOfWorkError;

/** The service of the warehouse: its own table beside an outbox, and a relay that empties it into a topic of its own. */
export class Warehouse {
  private readonly unitOfWork: MySqlUnitOfWork;
  private readonly outbox = new MySqlOutbox({ laneOf: (key) => laneOf(key, LANES), maxEventBytes: 10_000 });
  private readonly publisher: KafkaPublisher;
  private readonly relay: Relay;

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: MySqlPool,
    topic: string,
  ) {
    this.unitOfWork = new MySqlUnitOfWork(pool, { reruns: 20 });
    const options = {
      brokers: kafkaBrokers(),
      clientId: 'warehouse',
      topic,
      source: stockContract.source,
      requestTimeoutMs: 5_000,
      produceTimeoutMs: 4_000,
    };
    this.publisher = new KafkaPublisher(options, kafkaJsPublishingClient(options));
    this.relay = new Relay(
      {
        outbox: new MySqlRelayOutbox(pool, this.unitOfWork),
        leases: new MySqlRelayLeases(pool),
        publisher: this.publisher,
        clock: systemClock,
        random: { next: Math.random },
        observer: new Recorder(),
      },
      {
        owner: `warehouse-${randomUUID()}`,
        lanes: LANES,
        leaseMs: 10_000,
        publishTimeoutMs: 5_000,
        pollMinMs: 10,
        pollMaxMs: 100,
        batchRecords: 100,
        retry: { baseMs: 5, capMs: 50 },
      },
    );
  }

  static async open(topic: string): Promise<Warehouse> {
    const database = await migratedDatabase();
    const pool = testPool(database.url);
    await pool.use((connection) => connection.write(CREATE_STOCK));
    return new Warehouse(database, pool, topic);
  }

  startRelay(): void {
    this.relay.start();
  }

  /** The row and its event in one transaction; answers what is on hand afterwards. */
  handle(itemId: string, command: StockCommand): TaskEither<HandleError, number> {
    return this.unitOfWork.run({ action: 'move stock', rerunAfterUnknownCommit: false }, (tx) =>
      pipe(
        this.load(tx, itemId),
        TE.flatMap(({ version, onHand }): TaskEither<HandleError, number> => {
          const event = decide(command, onHand);
          if (E.isLeft(event)) return TE.left(event.left);
          const next = { version: version + 1, onHand: evolve(onHand, event.right) };
          const numbered = { eventId: randomUUID(), orderKey: itemId, sequence: next.version, headers: {} };
          return pipe(
            this.save(tx, itemId, next),
            TE.flatMap((): TaskEither<HandleError, void> =>
              this.outbox.append(tx, [{ ...encode(event.right), ...numbered }]),
            ),
            TE.map(() => next.onHand),
          );
        }),
      ),
    );
  }

  async rows(sql: string): Promise<readonly unknown[]> {
    return this.pool.use((connection) => connection.rows(sql));
  }

  async close(): Promise<void> {
    await this.relay.stop(3_000);
    await this.publisher.close();
    await this.pool.end();
    await this.database.drop();
  }

  private load(tx: Transaction, itemId: string): TaskEither<StorageUnavailable, StockRow> {
    return this.attempt('load stock', async () => {
      const sql = 'SELECT version, on_hand AS onHand FROM stock WHERE item_id = ? FOR UPDATE';
      return decodeFirst(Row, await connectionOf(tx).rows(sql, [itemId])) ?? { version: 0, onHand: 0 };
    });
  }

  private save(tx: Transaction, itemId: string, { version, onHand }: StockRow): TaskEither<StorageUnavailable, void> {
    return this.attempt('save stock', async () => {
      await connectionOf(tx).write(
        'INSERT INTO stock (item_id, version, on_hand) VALUES (?, ?, ?) AS new ON DUPLICATE KEY UPDATE version = new.version, on_hand = new.on_hand',
        [itemId, version, onHand],
      );
    });
  }

  private attempt<A>(action: string, work: () => Promise<A>): TaskEither<StorageUnavailable, A> {
    return TE.tryCatch(work, (cause) => storageUnavailable(action, cause));
  }
}
