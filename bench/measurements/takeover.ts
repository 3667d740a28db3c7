import type { KafkaMessage } from 'kafkajs';
import { laneOf } from '../../src/application/relay/lanes.ts';
import { encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import { eventIdsUpTo } from '../events/event-ids.ts';
import { fillOutbox } from '../events/fill-outbox.ts';
import { oddEvent } from '../events/odd-event.ts';
import { PARTITIONS } from '../events/outbox-row.ts';
import { deliveryOf, type Delivery } from '../observe/delivery.ts';
import { appendedOf, readTopicAs, type Appended } from '../observe/read-topic.ts';
import { untilAppended } from '../observe/topic-ends.ts';
import { prepareOutbox, startDebezium } from '../peers/debezium.ts';
import { inEnvironment, type BenchEnvironmentOptions } from '../systems/bench-environment.ts';
import { ourRelay } from '../systems/our-relay.ts';

export interface TakeoverRun {
  /** Published by our relay, then by Debezium from what was PENDING, then by Debezium from the binary log. */
  readonly events: Readonly<Record<'byRelay' | 'fromTable' | 'fromLog', number>>;
  /** Events whose record is ours to the byte: key, value, headers in their order, partition. */
  readonly identical: number;
  /** The first record that is not, beside ours. */
  readonly difference?: Readonly<Record<'found' | 'ours', string>>;
  readonly delivery: Delivery;
}

interface Whole extends Appended {
  /** All that makes the record, as one text. */
  readonly record: string;
}

const STILL_MS = 60_000;

const recordText = (
  partition: number,
  key: string,
  value: string,
  headers: readonly (readonly [string, string])[],
): string => JSON.stringify([partition, key, value, headers]);

const bytes = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value));

const whole = (message: KafkaMessage, partition: number): Whole => ({
  ...appendedOf(message),
  record: recordText(
    partition,
    bytes(message.key),
    bytes(message.value),
    Object.entries(message.headers ?? {}).map(([name, value]) => [name, bytes(value)]),
  ),
});

/** What our relay sends for event number `index`. */
const ours = (index: number): string => {
  const event = oddEvent(index);
  const { key, value, headers } = encodeEnvelope({ ...event, orderId: event.orderKey });
  const utf8 = (text: string): string => Buffer.from(text).toString('latin1');
  return recordText(
    laneOf(key, PARTITIONS),
    utf8(key),
    utf8(value),
    Object.entries(headers).map(([name, text]) => [name, utf8(text)]),
  );
};

/** Hands an outbox over from our relay to Debezium, as `order outbox debezium-config` says, and compares every record. */
export const measureTakeover = (eventsEach: number, options: BenchEnvironmentOptions): Promise<TakeoverRun> =>
  inEnvironment(options, async (environment) => {
    const { mysqlUrl, kafkaBrokers, topic } = environment;
    const { logDirectory, progress } = options;
    const total = 3 * eventsEach;
    progress(`takeover: ${eventsEach} events by our relay`);
    await fillOutbox(mysqlUrl, eventsEach, 0, oddEvent);
    const relay = await ourRelay.start(environment, logDirectory);
    await untilAppended(kafkaBrokers, topic, eventsEach, STILL_MS);
    await relay.stop();
    progress(`takeover: ${eventsEach} more that wait, then Debezium, then ${eventsEach} more`);
    await fillOutbox(mysqlUrl, eventsEach, eventsEach, oddEvent);
    await prepareOutbox(mysqlUrl);
    const debezium = await startDebezium(environment, logDirectory, progress);
    try {
      await fillOutbox(mysqlUrl, eventsEach, 2 * eventsEach, oddEvent);
      await Promise.race([untilAppended(kafkaBrokers, topic, total, STILL_MS), debezium.failed]);
    } finally {
      await debezium.stop();
    }
    const found = await readTopicAs(kafkaBrokers, topic, whole);
    const recordOf = new Map(found.map(({ eventId, record }) => [eventId, record]));
    const differing = Array.from({ length: total }, (_, index) => index).filter(
      (index) => recordOf.get(oddEvent(index).eventId) !== ours(index),
    );
    const [first] = differing;
    return {
      events: { byRelay: eventsEach, fromTable: eventsEach, fromLog: eventsEach },
      identical: total - differing.length,
      ...(first === undefined
        ? {}
        : { difference: { found: recordOf.get(oddEvent(first).eventId) ?? 'none', ours: ours(first) } }),
      delivery: deliveryOf(found, eventIdsUpTo(total)),
    };
  });
