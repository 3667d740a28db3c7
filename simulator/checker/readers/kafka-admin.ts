import { KafkaJSError } from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import type { PartitionEnd } from '../evidence.ts';

const TRIES = 10;
const PAUSE_MS = 300;

/** Runs `act` on a connected admin client; again, a bounded number of times, when the broker asks for patience (a leader just elected). */
export const withAdmin = async <A>(kafka: Kafka, act: (admin: Admin) => Promise<A>): Promise<A> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return await act(admin);
      } catch (cause) {
        if (tries === TRIES || !(cause instanceof KafkaJSError) || !cause.retriable) throw cause;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  } finally {
    await admin.disconnect();
  }
};

/** First offset kept and one past the last, of every partition, by partition. */
export const endsOf = async (admin: Admin, topic: string): Promise<readonly PartitionEnd[]> => {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ partition, logStart: Number(low), logEnd: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
};
