import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin } from 'kafkajs';
import { startEnvironment } from '../../../tools/environment/start-environment.ts';
import type { Environment } from '../../../tools/environment/environment.ts';
import { readProgress } from '../../run/progress.ts';
import type { Progress } from '../../run/progress.ts';
import { planWorkload } from '../../workload/plan.ts';
import type { AloneContext, Sighting } from '../fault.ts';
import { alone } from './alone.ts';
import { didHappen } from './did-happen.ts';
import { placeOrder, postTo } from './place-order.ts';
import { waitUntil } from './wait-until.ts';

const BOUND_MS = 60_000;
const READ = 8;
const UNREAD = 12;

/** What was found once the consumer was back. */
export interface LostOffsets {
  /** Partitions whose committed offset is older than what is left of them. */
  readonly partitions: readonly number[];
  /** Records that were deleted before the consumer had read them. */
  readonly records: number;
  /** `orderly_consumer_offset_out_of_range_total` of the consumer. */
  readonly counted: number;
  /** Partitions its log names as out of range. */
  readonly logged: readonly number[];
  /** An order that misses an event in the middle is held when the next one comes. */
  readonly isGapHeld: boolean;
  readonly isNewOrderTaken: boolean;
}

export const judgeLostOffsets = (seen: LostOffsets): readonly Sighting[] => [
  {
    what: `the committed offset of ${seen.partitions.length} partitions no longer existed (${seen.records} unread records deleted)`,
    holds: seen.partitions.length > 0 && seen.records > 0,
  },
  {
    what: `the consumer counted it (${seen.counted} times)`,
    holds: seen.counted >= seen.partitions.length,
  },
  {
    what: 'its log names each of these partitions',
    holds: seen.partitions.every((partition) => seen.logged.includes(partition)),
  },
  { what: 'an order that misses an event was held, not passed', holds: seen.isGapHeld },
  { what: 'a new order is worked', holds: seen.isNewOrderTaken },
];

const Line = t.type({ lane: t.number, msg: t.string });

/** Of a consumer's log, one JSON text a line. */
export const partitionsOutOfRange = (log: string): readonly number[] => {
  const lanes = log.split('\n').flatMap((text) => {
    if (!text.includes('offset out of range')) return [];
    const line = Line.decode(JSON.parse(text));
    return E.isRight(line) ? [line.right.lane] : [];
  });
  return [...new Set(lanes)];
};

const metricOf = async (environment: Environment, name: string): Promise<number> => {
  const text = await (await fetch(`${environment.urlOf('payment')}/metrics`)).text();
  const value = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1];
  return value === undefined ? 0 : Number(value);
};

/** Of each partition that the group has read from: where it goes on, and what is left. */
const positionsOf = async (admin: Admin, groupId: string, topic: string) => {
  const [group] = await admin.fetchOffsets({ groupId, topics: [topic] });
  const bounds = await admin.fetchTopicOffsets(topic);
  return bounds.map(({ partition, low, high }) => ({
    partition,
    next: Number(group?.partitions.find((one) => one.partition === partition)?.offset ?? -1),
    low: Number(low),
    high: Number(high),
  }));
};

/** A consumer is away; what it has not read yet is deleted from the topic; it comes back. */
const run = async ({ seed, reportDir, say, signal }: AloneContext): Promise<readonly Sighting[]> => {
  const environment = await startEnvironment({
    roles: ['api', 'relay', 'payment'],
    env: { payment: { DECLINE_RATIO: '0' } },
    logDirectory: reportDir,
    progress: say,
  });
  const { topic, kafkaBrokers, apiUrl } = environment;
  const groupId = environment.consumerGroups.payment;
  const admin: Admin = new Kafka({ brokers: kafkaBrokers.split(','), logLevel: logLevel.NOTHING }).admin();
  const whenProgress = (what: string, holds: (progress: Progress) => boolean): Promise<void> => {
    const look = async (): Promise<boolean> => {
      const consumers = [{ name: 'payment', mysqlUrl: environment.consumerMysqlUrls.payment }];
      const progress = await readProgress(environment.mysqlUrl, consumers);
      return progress !== undefined && progress.committed === progress.published && holds(progress);
    };
    return waitUntil(what, BOUND_MS, look, signal);
  };
  const orders = planWorkload({ seed, orders: READ + UNREAD + 1, ratePerSecond: 10, cancelRatio: 0 });
  try {
    await admin.connect();
    const ids: string[] = [];
    for (const { body } of orders.slice(0, READ)) ids.push((await placeOrder(apiUrl, body)).orderId);
    // Each was placed and paid, and payment has read both events.
    await whenProgress('the first payments', ({ consumed }) => consumed['payment'] === 2 * READ);
    await environment.removeRole('payment');

    await postTo(apiUrl, `/orders/${ids[0]}/shipment`, { carrier: 'post', trackingNumber: 'trk-1' });
    for (const { body } of orders.slice(READ, READ + UNREAD)) await placeOrder(apiUrl, body);
    await whenProgress('publication', ({ published }) => published === 2 * READ + UNREAD + 1);
    const ends = await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({
      topic,
      partitions: ends.map(({ partition, high }) => ({ partition, offset: high })),
    });
    const lost = (await positionsOf(admin, groupId, topic)).filter(({ next, low }) => next >= 0 && next < low);

    await environment.addRole('payment');
    await postTo(apiUrl, `/orders/${ids[0]}/delivery`, { receivedBy: 'the front desk' });
    const isAbove = (name: string, count: number) => async (): Promise<boolean> =>
      (await metricOf(environment, name)) > count;
    const isGapHeld = await didHappen('the gap', BOUND_MS, isAbove('orderly_consumer_gaps_total', 0), signal);
    const appliedBefore = await metricOf(environment, 'orderly_consumer_applied_total');
    for (const { body } of orders.slice(READ + UNREAD)) await placeOrder(apiUrl, body);
    const isApplied = isAbove('orderly_consumer_applied_total', appliedBefore);
    const isNewOrderTaken = await didHappen('the new order', BOUND_MS, isApplied, signal);
    return judgeLostOffsets({
      partitions: lost.map(({ partition }) => partition),
      records: lost.reduce((sum, { low, next }) => sum + low - next, 0),
      counted: await metricOf(environment, 'orderly_consumer_offset_out_of_range_total'),
      logged: partitionsOutOfRange(await readFile(join(reportDir, 'payment.log'), 'utf8')),
      isGapHeld,
      isNewOrderTaken,
    });
  } finally {
    await admin.disconnect();
    await environment.stop();
  }
};

export const offsetOutOfRange = alone(
  {
    name: 'offset-out-of-range',
    describe: 'records are deleted from the topic that a consumer, away for a while, has not read yet',
    tells: 'records are deleted before a consumer has read them',
    number: 33,
    expected: 'never silent: counted and logged, orders that miss an event held, the rest goes on',
  },
  run,
);
