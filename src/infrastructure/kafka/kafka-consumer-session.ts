import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs';
import type { ConsumerObserver } from '../../application/ports/consumer-observer.ts';
import { KafkaConsumerBatches } from './kafka-consumer-batch.ts';
import type { KafkaConsumerBatchesOptions } from './kafka-consumer-batch.ts';
import { OffsetCommits } from './offset-commits.ts';
import type { CommitPositions } from './offset-commits.ts';
import { withDeadline } from './with-deadline.ts';

export interface KafkaConsumerSessionOptions extends KafkaConsumerBatchesOptions {
  readonly groupId: string;
  /** Partitions worked side by side. */
  readonly concurrency: number;
  readonly observer: ConsumerObserver;
}

/** Why a session ended. */
export type SessionEnd =
  | { readonly _tag: 'Stopped' }
  | { readonly _tag: 'Crashed'; readonly cause: unknown }
  | { readonly _tag: 'Stalled'; readonly partitions: readonly number[] }
  | { readonly _tag: 'ClockSetBack'; readonly byMs: number };

const CONNECT_MS = 30_000;
const DISCONNECT_MS = 8_000;
const COMMIT_EVERY_MS = 1_000;
/** Longer than a healthy broker ever takes; a stop must not wait for one that is away. */
const COMMIT_MS = 2_000;
/** The member is being put into a new generation: what it has not committed is committed, or forgotten, in that one. */
const BETWEEN_GENERATIONS = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);

const isBetweenGenerations = (cause: unknown): boolean =>
  cause instanceof Error && 'type' in cause && typeof cause.type === 'string' && BETWEEN_GENERATIONS.has(cause.type);

/**
 * One life of a kafkajs consumer. kafkajs may end by itself for good (CRASH), and is never left to restart
 * itself: `ended` resolves and the owner makes a new session.
 */
export class KafkaConsumerSession {
  readonly ended: Promise<SessionEnd>;
  readonly batches: KafkaConsumerBatches;
  private readonly commits = new OffsetCommits();
  private readonly stopping = new AbortController();
  private readonly consumer: Consumer;
  private assignment: readonly number[] = [];
  private inGroup = false;
  private resolveEnded: (end: SessionEnd) => void = () => undefined;

  constructor(
    kafka: Kafka,
    private readonly options: KafkaConsumerSessionOptions,
  ) {
    this.batches = new KafkaConsumerBatches(options, this.commits, this.stopping.signal);
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve;
    });
    this.consumer = kafka.consumer({
      groupId: options.groupId,
      sessionTimeout: 10_000,
      rebalanceTimeout: 10_000,
      heartbeatInterval: 2_000,
      // Also how long a disconnect waits for the fetch under way.
      maxWaitTimeInMs: 250,
      allowAutoTopicCreation: false,
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2_000, restartOnFailure: () => Promise.resolve(false) },
    });
    const { CRASH, GROUP_JOIN, REBALANCING } = this.consumer.events;
    this.consumer.on(CRASH, ({ payload }) => this.end({ _tag: 'Crashed', cause: payload.error }));
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      this.assignment = payload.memberAssignment[options.topic] ?? [];
      this.inGroup = true;
      this.batches.forgetPositions();
      this.commits.forget();
    });
    this.consumer.on(REBALANCING, () => {
      this.inGroup = false;
      // Still accepted while the others join; whoever has the partitions next reads less of what is done.
      void this.commit();
    });
  }

  /** True while the member belongs to its group. */
  get joined(): boolean {
    return this.inGroup && !this.stopping.signal.aborted;
  }

  get partitions(): readonly number[] {
    return this.assignment;
  }

  /** Joins the group and begins to consume. Rejects when the broker cannot be reached or the topic is not there. */
  async start(): Promise<void> {
    const { topic, concurrency } = this.options;
    const begin = async (): Promise<void> => {
      await this.consumer.connect();
      // Without `fromBeginning` a group's first member would skip what was published before it joined.
      await this.consumer.subscribe({ topics: [topic], fromBeginning: true });
      await this.consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrency,
        eachBatch: (payload) => this.work(payload),
      });
    };
    await withDeadline(begin(), CONNECT_MS, () => new Error(`could not join the group within ${CONNECT_MS} ms`));
    void this.commitNowAndThen();
  }

  end(end: SessionEnd): void {
    this.stopping.abort();
    this.resolveEnded(end);
  }

  /** Finishes the records at work, leaves the group. A client that hangs is abandoned after some seconds. */
  async close(): Promise<void> {
    this.end({ _tag: 'Stopped' });
    await this.commit();
    try {
      const hangs = (): Error => new Error(`the Kafka client did not disconnect within ${DISCONNECT_MS} ms`);
      await withDeadline(this.consumer.disconnect(), DISCONNECT_MS, hangs);
    } catch (cause) {
      this.options.observer.failed('leave the group', cause);
    }
  }

  private async work(payload: EachBatchPayload): Promise<void> {
    await this.batches.work(payload);
    // The last ones of a session that ends: the member leaves its group as soon as they are done.
    if (!this.stopping.signal.aborted) return;
    const { topic } = this.options;
    // The client itself commits nothing any more once it is asked to stop.
    await this.commit((partitions) =>
      payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [...partitions] }] }),
    );
  }

  private async commitNowAndThen(): Promise<void> {
    const { clock } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await clock.sleep(COMMIT_EVERY_MS, signal);
      await this.commit();
    }
  }

  /** Never rejects. */
  private async commit(commit = this.commitByClient): Promise<void> {
    const late = (): Error => new Error(`the offsets were not committed within ${COMMIT_MS} ms`);
    try {
      await withDeadline(this.commits.flush(commit), COMMIT_MS, late);
    } catch (cause) {
      if (!isBetweenGenerations(cause)) this.options.observer.failed('commit offsets', cause);
    }
  }

  private readonly commitByClient: CommitPositions = (positions) => {
    const { topic } = this.options;
    return this.consumer.commitOffsets(positions.map((position) => ({ topic, ...position })));
  };
}
