import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';

const EVERY_MS = 100;

/** Resolves when the topic holds at least `records`; rejects when nothing was appended for `stillMs`. */
export const untilAppended = async (
  brokers: string,
  topic: string,
  records: number,
  stillMs: number,
): Promise<void> => {
  const admin = new Kafka({ brokers: brokers.split(','), clientId: 'bench-ends', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    let last = -1;
    let movedAt = performance.now();
    for (;;) {
      const ends = await admin.fetchTopicOffsets(topic);
      const total = ends.reduce((sum, { high }) => sum + Number(high), 0);
      if (total >= records) return;
      if (total !== last) [last, movedAt] = [total, performance.now()];
      if (performance.now() - movedAt > stillMs)
        throw new Error(`${total} of ${records} records on the topic, and nothing for ${stillMs / 1_000} s`);
      await sleep(EVERY_MS);
    }
  } finally {
    await admin.disconnect();
  }
};
