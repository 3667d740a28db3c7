import { randomUUID } from 'node:crypto';
import kafkajs, { Kafka, logLevel } from 'kafkajs';
import type { Consumer } from 'kafkajs';
import type { CommittedOffset, LogRecord, PartitionEnd } from '../evidence.ts';
import { hash53 } from '../spill/hash.ts';
import { endsOf, withAdmin } from './kafka-admin.ts';
import { LogFingerprints } from './log-fingerprints.ts';
import { readRecord } from './read-record.ts';
import { within } from './within.ts';

// kafkajs is CommonJS: not all of its names can be imported by an ES module.
const { ConfigResourceTypes } = kafkajs;

const STALL_MS = 10_000;
const POLL_MS = 100;

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * Reads the raw log of one topic from offset 0 on and hands on every record once, while the run goes on and until the
 * log's end; keeps four bytes of each. Uses the Kafka client library directly, in a consumer group of its own that commits nothing, so it
 * neither disturbs nor trusts the consumers under test.
 *
 * A reader that stalls is replaced. Reading an offset twice must give the same record; if it does not, the log
 * was changed under our eyes, which is kept as a gap in the evidence.
 */
export class LogTail {
  readonly #kafka: Kafka;
  readonly #topic: string;
  readonly #partitions: number;
  readonly #startsAt: ReadonlyMap<number, number>;
  readonly #seen: readonly LogFingerprints[];
  readonly #keep: (record: LogRecord) => void;
  #failure: unknown;
  readonly #missing: string[] = [];
  #consumer: Consumer | undefined;
  #group = '';
  #lastProgress = performance.now();

  private constructor(
    kafka: Kafka,
    topic: string,
    ends: readonly PartitionEnd[],
    notes: readonly string[],
    keep: (record: LogRecord) => void,
  ) {
    this.#kafka = kafka;
    this.#topic = topic;
    this.#partitions = ends.length;
    this.#startsAt = new Map(ends.map(({ partition, logStart }) => [partition, logStart]));
    this.#seen = ends.map(({ logStart }) => new LogFingerprints(logStart));
    this.#keep = keep;
    this.#missing.push(...notes);
  }

  /** @throws when the broker cannot be reached or the topic does not exist. */
  static async start(brokers: readonly string[], topic: string, keep: (record: LogRecord) => void): Promise<LogTail> {
    const kafka = new Kafka({
      clientId: 'orderly-checker',
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 3_000,
      requestTimeout: 10_000,
      retry: { retries: 5, initialRetryTime: 200, maxRetryTime: 2_000 },
    });
    const tail = await withAdmin(kafka, async (admin): Promise<LogTail> => {
      const config = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['message.timestamp.type'] }],
      });
      const stamp = config.resources[0]?.configEntries[0]?.configValue;
      const notes =
        stamp === 'LogAppendTime' ? [] : [`the topic stamps its records with ${stamp ?? 'nothing'}, not LogAppendTime`];
      return new LogTail(kafka, topic, await endsOf(admin, topic), notes, keep);
    });
    await tail.#read();
    return tail;
  }

  get partitions(): number {
    return this.#partitions;
  }

  /** Records kept so far. */
  get size(): number {
    return this.#seen.reduce((sum, { count }) => sum + count, 0);
  }

  ends(): Promise<readonly PartitionEnd[]> {
    return withAdmin(this.#kafka, (admin) => endsOf(admin, this.#topic));
  }

  /** What each group has committed. A partition without a commit is left out: nothing was skipped there. */
  async committed(groups: ReadonlyMap<string, string>): Promise<readonly CommittedOffset[]> {
    return withAdmin(this.#kafka, async (admin) => {
      const rows: CommittedOffset[] = [];
      for (const [consumer, groupId] of groups) {
        const topics = await admin.fetchOffsets({ groupId, topics: [this.#topic] });
        for (const { partition, offset } of topics.flatMap(({ partitions }) => partitions))
          if (Number(offset) >= 0) rows.push({ consumer, partition, offset: Number(offset) });
      }
      return rows;
    });
  }

  /** Reads on until every record below `ends` is kept, or `timeoutMs` has passed. */
  async readTo(ends: readonly PartitionEnd[], timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!this.#reached(ends) && performance.now() < deadline) {
      if (performance.now() - this.#lastProgress > STALL_MS) {
        await this.#stopReading();
        await this.#read().catch(() => undefined);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** The gaps below `ends`, each as a plain sentence. */
  missing(ends: readonly PartitionEnd[]): readonly string[] {
    const missing = [...this.#missing];
    if (this.#failure !== undefined) missing.push(`records could not be kept: ${messageOf(this.#failure)}`);
    if (ends.length !== this.#partitions)
      missing.push(`the topic had ${this.#partitions} partitions at the start and ${ends.length} at the end`);
    for (const [partition, start] of this.#startsAt)
      if (start > 0) missing.push(`partition ${partition} began at offset ${start}; what was before is gone`);
    for (const { partition, logEnd } of ends) {
      const start = this.#startsAt.get(partition) ?? 0;
      const expected = logEnd - start;
      const seen = this.#seen[partition]?.countBelow(logEnd) ?? 0;
      if (seen < expected)
        missing.push(`partition ${partition}: ${expected - seen} of the ${expected} offsets below ${logEnd} not read`);
    }
    return missing;
  }

  /** Leaves nothing behind on the broker. */
  async stop(): Promise<void> {
    await this.#stopReading();
  }

  #reached(ends: readonly PartitionEnd[]): boolean {
    return ends.every(({ partition, logEnd }) => {
      const start = this.#startsAt.get(partition) ?? 0;
      return logEnd <= start || (this.#seen[partition]?.has(logEnd - 1) ?? true);
    });
  }

  async #read(): Promise<void> {
    this.#lastProgress = performance.now();
    this.#group = `orderly-checker-${randomUUID()}`;
    const consumer = this.#kafka.consumer({
      groupId: this.#group,
      maxWaitTimeInMs: 250,
      sessionTimeout: 10_000,
      allowAutoTopicCreation: false,
      retry: { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 200, maxRetryTime: 2_000 },
    });
    this.#consumer = consumer;
    await consumer.connect();
    await consumer.subscribe({ topic: this.#topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        for (const message of payload.batch.messages) this.#take(readRecord(payload.batch.partition, message));
        await payload.heartbeat();
      },
    });
  }

  #take(record: LogRecord): void {
    const { partition, offset } = record;
    switch (this.#seen[partition]?.note(offset, hash53(JSON.stringify(record)))) {
      case undefined:
      case 'same':
        return;
      case 'other':
        this.#missing.push(`partition ${partition}, offset ${offset} was read twice and differed`);
        return;
      case 'new':
        this.#lastProgress = performance.now();
        try {
          this.#keep(record);
        } catch (cause) {
          this.#failure ??= cause;
        }
    }
  }

  async #stopReading(): Promise<void> {
    const consumer = this.#consumer;
    if (consumer === undefined) return;
    this.#consumer = undefined;
    await within(10_000, consumer.disconnect()).catch(() => undefined);
    await withAdmin(this.#kafka, (admin) => admin.deleteGroups([this.#group])).catch(() => undefined);
  }
}
