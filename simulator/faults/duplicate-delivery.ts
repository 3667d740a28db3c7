import type { KafkaMessage } from 'kafkajs';
import type { Fault, FaultContext } from './fault.ts';

interface Original {
  readonly partition: number;
  readonly message: KafkaMessage;
}

const TIMES = 3;
/** How far back from the end of each partition copies are taken. */
const TAIL = 30;
const COPIES = 24;
const READ_BOUND_MS = 15_000;

/** The last records of every partition, read by a throw-away group that commits nothing. */
const readTail = async ({ house, random }: FaultContext): Promise<readonly Original[]> => {
  const offsets = await house.admin((admin) => admin.fetchTopicOffsets(house.topic));
  const ranges = offsets
    .map(({ partition, low, high }) => ({
      partition,
      end: Number(high),
      from: Math.max(Number(low), Number(high) - TAIL),
    }))
    .filter(({ from, end }) => from < end);
  if (ranges.length === 0) return [];
  const groupId = `simulator-copies-${random.uuid()}`;
  const consumer = house.kafka.consumer({ groupId, maxWaitTimeInMs: 100, retry: { retries: 0 } });
  const originals: Original[] = [];
  const open = new Map(ranges.map(({ partition, end }) => [partition, end]));
  let giveUp: NodeJS.Timeout | undefined;
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: house.topic, fromBeginning: true });
    const complete = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, READ_BOUND_MS);
      void consumer.run({
        autoCommit: false,
        eachMessage: ({ partition, message }) => {
          const end = open.get(partition);
          if (end === undefined) return Promise.resolve();
          if (Number(message.offset) < end) originals.push({ partition, message });
          if (Number(message.offset) >= end - 1) open.delete(partition);
          if (open.size === 0) resolve();
          return Promise.resolve();
        },
      });
    });
    for (const { partition, from } of ranges) consumer.seek({ topic: house.topic, partition, offset: String(from) });
    await complete;
  } finally {
    clearTimeout(giveUp);
    await consumer.disconnect();
    await house.admin((admin) => admin.deleteGroups([groupId])).catch(() => undefined);
  }
  return originals;
};

/** Writes each copy behind its original: same partition, key, headers and bytes. */
const writeCopies = async (context: FaultContext, copies: readonly Original[]): Promise<void> => {
  const { house, recordInjected } = context;
  const producer = house.kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
  await producer.connect();
  try {
    for (const { partition, message } of copies) {
      const { key, value } = message;
      const headers = Object.fromEntries(
        Object.entries(message.headers ?? {}).flatMap(([name, header]) =>
          header === undefined ? [] : [[name, header]],
        ),
      );
      const [written] = await producer.send({
        topic: house.topic,
        acks: -1,
        messages: [{ partition, key, value, headers }],
      });
      if (written?.baseOffset !== undefined)
        recordInjected({ partition, offset: Number(written.baseOffset), kind: 'duplicate' });
    }
  } finally {
    await producer.disconnect();
  }
};

/**
 * Copies of records that are already on the topic, appended behind their originals, as a relay does that died
 * between the acknowledgement and its mark. Consumers must apply none of them.
 */
export const duplicateDelivery: Fault = {
  name: 'duplicate-delivery',
  describe: `${COPIES} records of the topic written again behind their originals, ${TIMES} times; consumers must drop them`,
  tell: () => 'records of the topic are written a second time',
  needs: [],
  plan: ({ loadMs }) => [
    Array.from({ length: TIMES }, () => ({
      kind: 'duplicate-delivery',
      target: 'topic',
      waitMs: Math.round((loadMs * 0.8) / TIMES),
      lastsMs: 0,
    })),
  ],
  inject: async (context) => {
    const originals = await readTail(context);
    const copies = context.random.shuffle(originals).slice(0, COPIES);
    await writeCopies(context, copies);
    context.say(`wrote ${copies.length} records of the topic a second time`);
    return () => Promise.resolve();
  },
};
