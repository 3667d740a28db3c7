import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Admin, Kafka } from 'kafkajs';
import type { Unreachable } from '../../application/ports/start-check.ts';
import { askKafka } from './ask-kafka.ts';

/** How far a time is looked for around the one that is expected, milliseconds. */
const REACH_MS = 86_400_000;

/**
 * When the broker appended the record at `offset`, by the broker's own clock, milliseconds; undefined when that is more
 * than a day from `expectedMs`, or the record is gone. Found by asking, again and again, at which offset a time begins
 * (some thirty short questions), so that it needs neither a consumer group nor the record.
 */
export const appendTimeOf = async (
  admin: Pick<Admin, 'fetchTopicOffsetsByTimestamp'>,
  { topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: number },
  expectedMs: number,
): Promise<number | undefined> => {
  const beginsAfter = async (time: number): Promise<boolean> => {
    const begins = await admin.fetchTopicOffsetsByTimestamp(topic, time);
    return Number(begins.find((one) => one.partition === partition)?.offset ?? -1) > offset;
  };
  let before = expectedMs - REACH_MS;
  let after = expectedMs + REACH_MS;
  if ((await beginsAfter(before)) || !(await beginsAfter(after))) return undefined;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (await beginsAfter(middle)) after = middle;
    else before = middle;
  }
  return before;
};

/** `appendTimeOf` each of the places, near the time that is expected; undefined for all of them while there is no topic. */
export const appendTimesOf = (
  kafka: Kafka,
  topic: string,
  places: readonly { readonly partition: number; readonly offset: number; readonly expectedMs: number }[],
): TaskEither<Unreachable, readonly (number | undefined)[]> =>
  askKafka(kafka, async (admin) => {
    if (!(await admin.listTopics()).includes(topic)) return places.map(() => undefined);
    const times: (number | undefined)[] = [];
    for (const { expectedMs, ...place } of places)
      times.push(await appendTimeOf(admin, { topic, ...place }, expectedMs));
    return times;
  });
