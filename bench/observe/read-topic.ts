import { Kafka, logLevel } from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';

/** One record as it lies on the topic. */
export interface Appended {
  readonly eventId: string;
  readonly orderKey: string;
  readonly sequence: number;
  /** When the broker appended it, whole milliseconds since 1970. */
  readonly at: number;
}

const text = (value: unknown): string => (Buffer.isBuffer(value) ? value.toString('utf8') : '');

export const appendedOf = ({ key, headers, timestamp }: KafkaMessage): Appended => ({
  eventId: text(headers?.['ce_id']),
  orderKey: text(key),
  sequence: Number(text(headers?.['ce_sequence'])),
  at: Number(timestamp),
});

const READ_MS = 300_000;

/**
 * Everything on the topic up to its ends as they are now, partition by partition in the order of offsets, each record as
 * what `as` makes of it.
 */
export const readTopicAs = async <A>(
  brokers: string,
  topic: string,
  as: (message: KafkaMessage, partition: number) => A,
): Promise<readonly A[]> => {
  const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'bench-reader', logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic).finally(() => admin.disconnect());
  const lanes = new Map(ends.map(({ partition }) => [partition, [] as A[]]));
  const open = new Set(ends.filter(({ high }) => Number(high) > 0).map(({ partition }) => partition));
  if (open.size === 0) return [];
  const endOf = new Map(ends.map(({ partition, high }) => [partition, Number(high)]));
  const consumer = kafka.consumer({ groupId: `bench-reader-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    let timer: NodeJS.Timeout | undefined;
    const all = new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`the topic could not be read within ${READ_MS / 1_000} s`)), READ_MS);
      consumer
        .run({
          autoCommit: false,
          eachBatch: ({ batch }) => {
            const lane = lanes.get(batch.partition);
            for (const message of batch.messages) lane?.push(as(message, batch.partition));
            if (Number(batch.lastOffset()) + 1 >= (endOf.get(batch.partition) ?? 0)) open.delete(batch.partition);
            if (open.size === 0) resolve();
            return Promise.resolve();
          },
        })
        .catch(reject);
    });
    await all.finally(() => clearTimeout(timer));
  } finally {
    await consumer.disconnect();
  }
  return [...lanes.values()].flat();
};

/** See `readTopicAs`. */
export const readTopic = (brokers: string, topic: string): Promise<readonly Appended[]> =>
  readTopicAs(brokers, topic, appendedOf);
