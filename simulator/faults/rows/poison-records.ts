import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { partitionOf } from '../../checker/murmur2.ts';
import type { House } from '../../run/house.ts';
import type { Aftermath, Fault, FaultContext, Sighting } from '../fault.ts';
import { rowsOf, withSql } from './direct-sql.ts';
import { once } from './once.ts';
import { contradictions, strangers } from './poison-forms.ts';
import type { PoisonRecord, SettledEvent } from './poison-forms.ts';
import { waitUntil } from './wait-until.ts';

const CONSUMERS = ['payment', 'shipping'] as const;
const SETTLED_MS = 60_000;
const PARKED_MS = 60_000;
/** The one record that breaks no rule: what comes before it is missing, so it is stored and waits. */
const GAPS = 1;

const Settled = t.array(t.type({ eventId: t.string, orderId: t.string, occurredAt: t.string, payload: t.string }));

/** First events of delivered orders. The last event of an order comes long after every consumer has applied its first. */
const settledEvents = async (house: House): Promise<readonly SettledEvent[]> => {
  const rows = await withSql(house, (connection) =>
    rowsOf(
      connection,
      `SELECT o.event_id AS eventId, o.order_id AS orderId, CAST(o.payload AS CHAR) AS payload,
              DATE_FORMAT(o.occurred_at, '%Y-%m-%dT%H:%i:%s.%fZ') AS occurredAt
       FROM outbox o JOIN outbox last ON last.order_id = o.order_id AND last.sequence = 4
       WHERE o.sequence = 1 AND last.status = 'COMPLETED' AND last.published_at < NOW(6) - INTERVAL 3 SECOND LIMIT 2`,
    ),
  );
  const decoded = Settled.decode(rows);
  if (E.isLeft(decoded)) throw new Error('the outbox has another shape');
  return decoded.right;
};

const twoSettled = async (house: House): Promise<readonly [SettledEvent, SettledEvent]> => {
  let settled: readonly SettledEvent[] = [];
  await waitUntil('the delivery of two orders', SETTLED_MS, async () => {
    settled = await settledEvents(house);
    return settled.length === 2;
  });
  const [first, second] = settled;
  if (first === undefined || second === undefined) throw new Error('no two orders were delivered');
  return [first, second];
};

const write = async ({ house, recordInjected }: FaultContext, records: readonly PoisonRecord[]): Promise<void> => {
  const partitions = (await house.admin((admin) => admin.fetchTopicOffsets(house.topic))).length;
  const producer = house.kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
  await producer.connect();
  try {
    for (const [index, { key, value, headers }] of records.entries()) {
      const partition = key === null ? index % partitions : partitionOf(key, partitions);
      const message = { partition, key, value, headers: { ...headers } };
      const [written] = await producer.send({ topic: house.topic, acks: -1, messages: [message] });
      if (written?.baseOffset === undefined) throw new Error('the broker did not say where the record lies');
      recordInjected({ partition, offset: Number(written.baseOffset), kind: 'poison' });
    }
  } finally {
    await producer.disconnect();
  }
};

const countedBy = async (house: House, consumer: string): Promise<number> => {
  const text = await (await fetch(`${house.urlOf(consumer)}/metrics`)).text();
  return Number(/_parked_total (\d+)/.exec(text)?.[1] ?? 0);
};

const inject: Fault['inject'] = async (context) => {
  const { house, random, saw, say } = context;
  const settled = await twoSettled(house);
  const records = [...strangers(random, settled[0]), ...contradictions(random, settled)];
  await write(context, records);
  say(`wrote ${records.length} records: ${records.map(({ flaw }) => flaw).join(', ')}`);
  return async () => {
    const expected = records.length - GAPS;
    for (const consumer of CONSUMERS) {
      let counted = 0;
      await waitUntil(`the parking by ${consumer}`, PARKED_MS, async () => {
        counted = await countedBy(house, consumer);
        return counted >= expected;
      }).catch(() => undefined);
      saw({ what: `${consumer} counts ${counted} parked in its metrics`, holds: counted === expected });
    }
  };
};

/**
 * Every injected record is kept by each consumer: with a reason of its own, or stored in its order, which is parked with
 * a reason. Only the one that breaks no rule waits without.
 */
export const judgePoison = ({ evidence, report }: Aftermath): readonly Sighting[] => {
  const { injected, parked, waiting, consumerOrders, log } = evidence;
  const isComplete = [injected, parked, waiting, consumerOrders, log].every(({ missing }) => missing.length === 0);
  const poison = injected.rows.filter(({ kind }) => kind === 'poison');
  const idAt = new Map(log.rows.map(({ partition, offset, headers }) => [`${partition}/${offset}`, headers['ce_id']]));
  const kept = evidence.run.consumers.map((consumer): Sighting => {
    const reasons = new Map(
      parked.rows
        .filter((row) => row.consumer === consumer)
        .map(({ partition, offset, reason }) => [`${partition}/${offset}`, reason]),
    );
    const parkedOrders = new Set(
      consumerOrders.rows
        .filter((row) => row.consumer === consumer && (row.parkedReason ?? '') !== '')
        .map(({ orderId }) => orderId),
    );
    const orderOf = new Map(
      waiting.rows.filter((row) => row.consumer === consumer).map(({ eventId, orderId }) => [eventId, orderId]),
    );
    const standings = poison.map((at): 'parked' | 'waits' | 'gone' => {
      const place = `${at.partition}/${at.offset}`;
      if ((reasons.get(place) ?? '') !== '') return 'parked';
      const orderId = orderOf.get(idAt.get(place) ?? '');
      if (orderId === undefined) return 'gone';
      return parkedOrders.has(orderId) ? 'parked' : 'waits';
    });
    const withReason = standings.filter((standing) => standing === 'parked').length;
    const stored = standings.filter((standing) => standing === 'waits').length;
    const isWhole = poison.length > GAPS && stored === GAPS && withReason + stored === poison.length;
    return {
      what: `${consumer} parked ${withReason} of ${poison.length} with a reason, ${stored} waits for what is missing`,
      holds: isComplete ? isWhole : undefined,
    };
  });
  const { delivered, cancelled, accepted } = report.orders;
  return [
    ...kept,
    {
      what: `all others flowed: ${delivered + cancelled} of ${accepted} orders came to their end`,
      holds: accepted > 0 && delivered + cancelled === accepted,
    },
  ];
};

export const poisonRecords: Fault = {
  name: 'poison-records',
  describe: 'records that break the contract in fifteen ways are written to the topic',
  tell: () => 'records that break the contract are written to the topic',
  needs: [],
  plan: once('poison-records', 'topic', 0),
  inject,
  row: {
    number: 32,
    expected: 'parked with a reason and counted, others flow',
    mixes: false,
    load: { orders: 200, ratePerSecond: 8 },
    judge: judgePoison,
  },
};
