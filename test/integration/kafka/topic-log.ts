import { Kafka, logLevel } from 'kafkajs';
import type { KafkaMessage } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { kafkaBrokers } from '../../support/servers.ts';

export interface LoggedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly message: KafkaMessage;
}

/** Every record on the topic, partition by partition, in order. */
export const readTopic = async (topic: string): Promise<readonly LoggedRecord[]> => {
  const kafka = new Kafka({ clientId: 'test-reader', brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Set(offsets.filter(({ low, high }) => low !== high).map(({ partition }) => partition));
  if (missing.size === 0) return [];
  const last = new Map(offsets.map(({ partition, high }) => [partition, Number(high) - 1]));
  const records: LoggedRecord[] = [];
  const consumer = kafka.consumer({ groupId: `reader-${randomUUID()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer
      .run({
        eachMessage: ({ partition, message }) => {
          const offset = Number(message.offset);
          records.push({ partition, offset, message });
          if (offset === last.get(partition)) missing.delete(partition);
          if (missing.size === 0) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset);
};
