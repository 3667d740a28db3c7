import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import mysql from 'mysql2/promise';
import type { OutboxEvent } from '../../../src/application/ports/outbox.ts';
import { MySqlOutbox } from '../../../src/infrastructure/mysql/mysql-outbox.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import {
  addDebeziumColumns,
  debeziumConfig,
  dropDebeziumColumns,
} from '../../../src/interfaces/cli/debezium-takeover.ts';
import { encodeEnvelope } from '../../../src/interfaces/contract/envelope.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';

/*
 * The event router takes columns as they are. So each header is compared with the column that the configuration takes it
 * from, and an absent one with the predicate that takes it off again.
 */

const TRACE = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;
const both = { traceparent: TRACE, ce_traceparent: TRACE };

const events: readonly OutboxEvent[] = [
  anEvent(randomUUID(), 1, { type: 'OrderPlaced', headers: both, occurredAt: '2026-01-31T09:30:00.000Z' }),
  anEvent(randomUUID(), 42, { type: 'OrderOutForDelivery', headers: {}, occurredAt: '2026-01-31T09:30:00.120Z' }),
  anEvent(randomUUID(), 4_294_967_295, { type: 'A1B2c3XML', version: 65_535, headers: { traceparent: TRACE } }),
  anEvent(randomUUID(), 7, { headers: { ce_traceparent: 'Grüße "x" \\n' }, occurredAt: '2026-01-31T09:30:00.123456Z' }),
  anEvent(randomUUID(), 8, { type: `A${'aB'.repeat(31)}a`, headers: { ...both, traceparent: 'x'.repeat(5_000) } }),
];

interface Row extends RowDataPacket {
  readonly event_id: string;
  readonly extra_headers: string;
}

describe('what Debezium needs to publish the outbox in place of the relay', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  let connection: mysql.Connection;

  const append = async (event: OutboxEvent): Promise<void> => {
    const outbox = new MySqlOutbox({ laneOf: () => 0, maxEventBytes: 1_000_000 });
    await right(
      new MySqlUnitOfWork(pool).run({ action: 'append', rerunAfterUnknownCommit: false }, (tx) =>
        outbox.append(tx, [event]),
      ),
    );
  };

  before(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
    connection = await mysql.createConnection({ uri: database.url, dateStrings: true });
    const [first, ...others] = events;
    if (first !== undefined) await append(first);
    await connection.query(addDebeziumColumns(database.name));
    for (const event of others) await append(event);
  });
  after(async () => {
    await connection.end();
    await pool.end();
    await database.drop();
  });

  for (const event of events)
    it(`${event.type} with ${Object.keys(event.headers).join(' and ') || 'no header of its own'}: the columns hold our headers, in our order`, async () => {
      const config = debeziumConfig({ database: database.name, topic: 'orders' });
      const [[row]] = await connection.query<Row[]>('SELECT * FROM outbox WHERE event_id = ?', [event.eventId]);
      const columns = new Map<string, unknown>(Object.entries(row ?? {}));
      const passing = `orderly-outbox-${row?.extra_headers ?? ''}`;
      const matches = (name: string): boolean =>
        new RegExp(`^(?:${config[`predicates.${name}.pattern`] ?? ''})$`).test(passing);
      expect(matches('is_event')).to.equal(true);
      const placed = (config['transforms.outbox.table.fields.additional.placement'] ?? '')
        .split(',')
        .map((placement) => placement.split(':'))
        .filter(([, where]) => where === 'header')
        .map(([column = '', , header = '']) => [header, columns.get(column)] as const)
        .filter(([header]) => config[`transforms.no_${header}.type`] === undefined || !matches(`has_no_${header}`))
        .map(([header, value]) => [header, String(value)]);
      const ours = encodeEnvelope({ ...event, orderId: event.orderKey }).headers;
      expect(placed).to.deep.equal(Object.entries(ours));
    });

  it('is taken away again', async () => {
    await connection.query(dropDebeziumColumns(database.name));
    const [columns] = await connection.query<RowDataPacket[]>("SHOW COLUMNS FROM outbox WHERE Extra LIKE '%VIRTUAL%'");
    expect(columns.map((column) => String(column['Field']))).to.deep.equal([]);
  });
});
