import { randomUUID } from 'node:crypto';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Consumer, EachBatchPayload, IHeaders, Kafka } from 'kafkajs';
import type { Unreachable } from '../../application/ports/start-check.ts';
import type { LoggedRecord, PartitionBounds, TopicLog } from '../../application/ports/topic-log.ts';
import { askKafka } from './ask-kafka.ts';
import { describeKafkaFailure } from './describe-kafka-failure.ts';

/** Without a record for so long, the reading is given up. */
const STALL_MS = 30_000;
const LOOK_MS = 1_000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const textOf = (value: IHeaders[string] | null): string | undefined => {
  if (value === null || value === undefined || Array.isArray(value)) return undefined;
  if (typeof value === 'string') return value;
  try {
    return utf8.decode(value);
  } catch {
    return undefined;
  }
};

const recordsOf = ({ batch }: EachBatchPayload, end: number): readonly LoggedRecord[] =>
  batch.messages
    .filter(({ offset }) => Number(offset) < end)
    .map(({ offset, key, value, headers }) => ({
      partition: batch.partition,
      offset: Number(offset),
      key: textOf(key),
      value: textOf(value),
      headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, one]) => [name, textOf(one)])),
    }));

/**
 * The topic, read in a consumer group of its own whose name begins with `order-doctor-`. It commits nothing, and the
 * group is deleted afterwards; where that is not allowed, the broker forgets it by itself.
 */
export class KafkaTopicLog implements TopicLog {
  constructor(
    private readonly kafka: Kafka,
    private readonly topic: string,
  ) {}

  bounds(): TaskEither<Unreachable, readonly PartitionBounds[]> {
    return askKafka(this.kafka, async (admin) =>
      (await admin.fetchTopicOffsets(this.topic)).map(({ partition, low, high }) => ({
        ...{ partition, start: Number(low), end: Number(high) },
      })),
    );
  }

  read(
    ends: readonly PartitionBounds[],
    take: (batch: readonly LoggedRecord[]) => Promise<void>,
  ): TaskEither<Unreachable, void> {
    return async () => {
      let refused: { readonly cause: unknown } | undefined;
      const taking = (batch: readonly LoggedRecord[]): Promise<void> =>
        take(batch).catch((cause: unknown) => {
          refused = { cause };
          throw cause;
        });
      const outcome = await TE.tryCatch(
        () => this.readAll(ends, taking),
        (cause): Unreachable => ({ _tag: 'Unreachable', reason: `Kafka: ${describeKafkaFailure(cause)}`, cause }),
      )();
      if (refused !== undefined) throw refused.cause;
      return outcome;
    };
  }

  private async readAll(
    ends: readonly PartitionBounds[],
    take: (batch: readonly LoggedRecord[]) => Promise<void>,
  ): Promise<void> {
    if (ends.every(({ start, end }) => start >= end)) return;
    const groupId = `order-doctor-${randomUUID()}`;
    const consumer = this.kafka.consumer({ groupId, maxWaitTimeInMs: 200, sessionTimeout: 10_000 });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [this.topic], fromBeginning: true });
      await this.untilEnds(consumer, ends, take);
    } finally {
      await consumer.disconnect();
      await askKafka(this.kafka, (admin) => admin.deleteGroups([groupId]))();
    }
  }

  private untilEnds(
    consumer: Consumer,
    ends: readonly PartitionBounds[],
    take: (batch: readonly LoggedRecord[]) => Promise<void>,
  ): Promise<void> {
    const endOf = new Map(ends.map(({ partition, end }) => [partition, end]));
    const open = new Set(ends.filter(({ start, end }) => start < end).map(({ partition }) => partition));
    let lastProgress = performance.now();
    return new Promise<void>((resolve, reject) => {
      const watch = setInterval(() => {
        if (performance.now() - lastProgress > STALL_MS) fail(new Error(`no record for ${STALL_MS / 1_000} s`));
      }, LOOK_MS);
      const fail = (cause: unknown): void => {
        clearInterval(watch);
        reject(cause instanceof Error ? cause : new Error(String(cause)));
      };
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) fail(payload.error);
      });
      const eachBatch = async (payload: EachBatchPayload): Promise<void> => {
        const { partition } = payload.batch;
        const end = endOf.get(partition) ?? 0;
        if (!open.has(partition)) return;
        lastProgress = performance.now();
        try {
          await take(recordsOf(payload, end));
          await payload.heartbeat();
        } catch (cause) {
          fail(cause);
          return;
        }
        lastProgress = performance.now();
        if (Number(payload.batch.lastOffset()) + 1 >= end) open.delete(partition);
        if (open.size > 0) return;
        clearInterval(watch);
        resolve();
      };
      consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 1, eachBatch }).catch(fail);
    });
  }
}
