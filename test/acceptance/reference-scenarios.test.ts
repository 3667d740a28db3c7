import { expect } from 'chai';
import * as t from 'io-ts';
import { createService } from '../../src/composition/create-service.ts';
import type { Service } from '../../src/composition/create-service.ts';
import { decodeServiceConfig } from '../../src/infrastructure/config.ts';
import { readTopic } from '../integration/kafka/topic-log.ts';
import { decoded, rightOf } from '../support/decoded.ts';
import { eventually } from '../support/eventually.ts';
import { post } from '../support/http-client.ts';
import { startApi } from '../support/running-service.ts';
import type { RunningApi } from '../support/running-service.ts';
import { freshTopic, kafkaBrokers } from '../support/servers.ts';
import type { TestTopic } from '../support/servers.ts';

/*
 * The two reference scenarios of the requirements, in their own words, against a real MySQL and a real Kafka.
 * The relay is started after the order was created, so that PENDING is seen before anything can publish it.
 */

const TOPIC_LIMIT_BYTES = 16_384;
/** About 30 KB as an event: more than the topic takes. */
const TOO_MANY_LINES = 250;

const OutboxRow = t.type({
  status: t.string,
  attempts: t.number,
  sequence: t.number,
  held: t.number,
  last_error: t.union([t.string, t.null]),
  kafka_partition: t.number,
  kafka_offset: t.union([t.number, t.null]),
});
const AttemptRow = t.type({ attempt: t.number, error: t.string });

const placing = (lines: number): ReturnType<typeof post> =>
  post('/orders', {
    customerId: 'customer-1',
    lines: Array.from({ length: lines }, (_, n) => ({
      sku: `sku-${n}-${'x'.repeat(50)}`,
      quantity: 1,
      unitPrice: { amountMinor: 100, currency: 'EUR' },
    })),
  });

describe('the reference scenarios', function () {
  this.timeout(60_000);
  let topic: TestTopic;
  let api: RunningApi;
  let relay: Service | undefined;

  beforeEach(async () => {
    topic = await freshTopic({ config: { 'max.message.bytes': String(TOPIC_LIMIT_BYTES) } });
    api = await startApi({ env: { KAFKA_BROKERS: kafkaBrokers().join(','), ORDER_TOPIC: topic.name } });
  });
  afterEach(async () => {
    await relay?.stop();
    relay = undefined;
    await api.stop();
    await topic.drop();
  });

  const startRelay = async (): Promise<void> => {
    const config = decodeServiceConfig({
      MYSQL_URL: api.mysqlUrl,
      KAFKA_BROKERS: kafkaBrokers().join(','),
      ORDER_TOPIC: topic.name,
      RELAY_HTTP_PORT: '0',
      RELAY_RETRY_BASE_MS: '1',
      LOG_LEVEL: 'silent',
    });
    relay = await createService(rightOf(config), 'relay');
    await relay.start();
  };

  const createOrder = async (lines: number): Promise<string> => {
    const { status, body } = await api.send(placing(lines));
    expect(status, body).to.equal(201);
    return decoded(t.type({ orderId: t.string }), JSON.parse(body)).orderId;
  };

  const outboxOf = async (orderId: string): Promise<readonly t.TypeOf<typeof OutboxRow>[]> => {
    const rows = await api.rows(
      'SELECT status, attempts, sequence, held_by IS NOT NULL AS held, last_error, kafka_partition, kafka_offset ' +
        'FROM outbox WHERE order_id = ? ORDER BY sequence',
      [orderId],
    );
    return rows.map((row) => decoded(OutboxRow, row));
  };

  /** Whatever the topic holds for this order, straight from the log. */
  const publishedOf = async (
    orderId: string,
  ): Promise<readonly { offset: number; partition: number; type: string }[]> =>
    (await readTopic(topic.name))
      .filter(({ message }) => message.key?.toString() === orderId)
      .map(({ offset, partition, message }) => ({ offset, partition, type: String(message.headers?.['ce_type']) }));

  it('Normal: order created → outbox PENDING → publish succeeds → COMPLETED', async () => {
    const orderId = await createOrder(1);
    expect((await outboxOf(orderId)).map(({ status }) => status)).to.deep.equal(['PENDING']);

    await startRelay();

    const completed = await eventually(async () => {
      const [row] = await outboxOf(orderId);
      expect(row?.status).to.equal('COMPLETED');
      return row;
    });
    expect(completed?.attempts).to.equal(0);
    expect(await publishedOf(orderId)).to.deep.equal([
      { offset: completed?.kafka_offset, partition: completed?.kafka_partition, type: 'OrderPlaced' },
    ]);
  });

  it('Failure to quarantine: order created → publish fails, 6 retries → QUARANTINED', async () => {
    const orderId = await createOrder(TOO_MANY_LINES);
    const cancelled = await api.send(post(`/orders/${orderId}/cancellation`, { reason: 'changed my mind' }));
    expect(cancelled.status, cancelled.body).to.equal(200);
    const neighbour = await createOrder(1);
    expect((await outboxOf(orderId)).map(({ status }) => status)).to.deep.equal(['PENDING', 'PENDING']);

    await startRelay();

    await eventually(async () => {
      const [first, second] = await outboxOf(orderId);
      expect(first).to.include({ status: 'QUARANTINED', attempts: 7 });
      expect(first?.last_error).to.match(/MESSAGE_TOO_LARGE/);
      expect(second).to.include({ status: 'PENDING', attempts: 0, held: 1 });
    });
    const history = (await api.rows('SELECT attempt, error FROM outbox_attempts ORDER BY id')).map((row) =>
      decoded(AttemptRow, row),
    );
    expect(history.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(await publishedOf(orderId)).to.deep.equal([]);
    await eventually(async () => {
      expect((await outboxOf(neighbour)).map(({ status }) => status)).to.deep.equal(['COMPLETED']);
    });
  });
});
