import type { Consumer, Kafka } from 'kafkajs';
import type { ConsumerObserver } from '../../application/ports/consumer-observer.ts';
import { KafkaConsumerBatches } from './kafka-consumer-batch.ts';
import type { KafkaConsumerBatchesOptions } from './kafka-consumer-batch.ts';
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

/**
 * One life of a kafkajs consumer. kafkajs may end by itself for good (CRASH), and is never left to restart
 * itself: `ended` resolves and the owner makes a new session.
 */
export class KafkaConsumerSession {
  readonly ended: Promise<SessionEnd>;
  readonly batches: KafkaConsumerBatches;
  private readonly stopping = new AbortController();
  private readonly consumer: Consumer;
  private assignment: readonly number[] = [];
  private inGroup = false;
  private resolveEnded: (end: SessionEnd) => void = () => undefined;

  constructor(
    kafka: Kafka,
    private readonly options: KafkaConsumerSessionOptions,
  ) {
    this.batches = new KafkaConsumerBatches(options, this.stopping.signal);
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
    });
    this.consumer.on(REBALANCING, () => {
      this.inGroup = false;
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
        eachBatch: (payload) => this.batches.work(payload),
      });
    };
    await withDeadline(begin(), CONNECT_MS, () => new Error(`could not join the group within ${CONNECT_MS} ms`));
  }

  end(end: SessionEnd): void {
    this.stopping.abort();
    this.resolveEnded(end);
  }

  /** Finishes the records at work, leaves the group. A client that hangs is abandoned after some seconds. */
  async close(): Promise<void> {
    this.end({ _tag: 'Stopped' });
    try {
      const hangs = (): Error => new Error(`the Kafka client did not disconnect within ${DISCONNECT_MS} ms`);
      await withDeadline(this.consumer.disconnect(), DISCONNECT_MS, hangs);
    } catch (cause) {
      this.options.observer.failed('leave the group', cause);
    }
  }
}
