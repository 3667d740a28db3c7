import type { Admin, Kafka } from 'kafkajs';
import type { PartitionEnd } from '../evidence.ts';

const TRIES = 10;
const PAUSE_MS = 300;

/** Told by the mark itself: the error classes of kafkajs cannot be imported by name into an ES module. */
const isRetriable = (cause: unknown): boolean =>
  cause instanceof Error && 'retriable' in cause && cause.retriable === true;

/** Runs `act` on a connected admin client; again, a bounded number of times, when the broker asks for patience (a leader just elected). */
export const withAdmin = async <A>(kafka: Kafka, act: (admin: Admin) => Promise<A>): Promise<A> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return await act(admin);
      } catch (cause) {
        if (tries === TRIES || !isRetriable(cause)) throw cause;
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
