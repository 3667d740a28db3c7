import type { EachBatchPayload } from 'kafkajs';
import type { ProcessedBatch } from '../../application/consumer/consume-batch.ts';
import { retryDelay } from '../../application/consumer/retry-delay.ts';
import { TakeTurns } from '../../application/consumer/take-turns.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { ConsumedRecord } from '../../application/ports/consumed-record.ts';
import type { ConsumerObserver } from '../../application/ports/consumer-observer.ts';
import type { Random } from '../../application/ports/random.ts';
import type { ReadRecord } from './kafka-consumer-record.ts';
import type { OffsetCommits } from './offset-commits.ts';
import { RecordPortions } from './record-portions.ts';

/** Takes the leading records to their end; see `ConsumeBatch.process`. */
export type ProcessRecords = (records: readonly ConsumedRecord[], signal: AbortSignal) => Promise<ProcessedBatch>;

export interface KafkaConsumerBatchesOptions {
  readonly topic: string;
  readonly read: ReadRecord;
  readonly process: ProcessRecords;
  readonly observer: ConsumerObserver;
  readonly clock: Clock;
  readonly random: Random;
}

const HEARTBEAT_MS = 1_000;
const PAUSE = { baseMs: 250, capMs: 3_000 };
/** A batch that is done sooner is waited for by those of other partitions. */
const TURN_MS = 50;

/**
 * Works batches of one Kafka session, each in order; quick ones take turns, slow ones go on side by side.
 *
 * - An offset is noted for the next commit only after the transactions of all records before it: committed ≤ processed.
 * - A record that cannot be taken now (outage) stays first: its partition is paused and read again from it.
 * - The session is kept alive by heartbeats on a timer, however long a handler takes. Losing it (a rebalance)
 *   ends the batch after the record at work; whoever reads that record again finds its inbox row.
 * - Records are handed over some at a time, bounded in number and bytes; a stop or a lost session ends it between them.
 * - Nothing is thrown but what Kafka's own calls throw: any other error would end the client for good.
 */
export class KafkaConsumerBatches {
  private readonly positions = new Map<number, number>();
  private readonly pausedPartitions = new Map<number, number>();
  private readonly working = new Set<number>();
  private readonly turns: TakeTurns;

  constructor(
    private readonly options: KafkaConsumerBatchesOptions,
    private readonly commits: Pick<OffsetCommits, 'note'>,
    private readonly stopped: AbortSignal,
  ) {
    this.turns = new TakeTurns(options.clock, TURN_MS);
  }

  /** Offset of the next record to be processed; undefined before the first record of the session. */
  position(partition: number): number | undefined {
    return this.positions.get(partition);
  }

  /** A new assignment: other members may have moved the partitions on. */
  forgetPositions(): void {
    this.positions.clear();
  }

  /** Paused on purpose, or at work right now. */
  excused(partition: number): boolean {
    return this.working.has(partition) || this.paused(partition);
  }

  paused(partition: number): boolean {
    return (this.pausedPartitions.get(partition) ?? 0) > 0;
  }

  get pausedCount(): number {
    return [...this.pausedPartitions.values()].filter((failures) => failures > 0).length;
  }

  async work(payload: EachBatchPayload): Promise<void> {
    const { partition } = payload.batch;
    const turn = new AbortController();
    const end = (): void => {
      turn.abort();
    };
    this.stopped.addEventListener('abort', end, { once: true });
    let lost: { readonly cause: unknown } | undefined;
    const beat = setInterval(() => {
      payload.heartbeat().catch((cause: unknown) => {
        lost ??= { cause };
        end();
      });
    }, HEARTBEAT_MS);
    this.working.add(partition);
    try {
      await this.turns.run(() => this.workInOrder(payload, turn.signal));
    } finally {
      clearInterval(beat);
      this.working.delete(partition);
      this.stopped.removeEventListener('abort', end);
    }
    if (lost !== undefined) throw lost.cause;
  }

  private async workInOrder(payload: EachBatchPayload, signal: AbortSignal): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const portions = new RecordPortions(this.options.read, batch);
    for (let portion = portions.next(); portion !== undefined; portion = portions.next()) {
      if (signal.aborted || this.stopped.aborted || !payload.isRunning() || payload.isStale()) break;
      const processed = await this.process(portion, signal);
      if (processed._tag === 'Unavailable') this.pause(payload, processed.cause);
      if (processed._tag !== 'Done') break;
      this.recovered(partition);
      const offset = portions.taken(processed.taken);
      payload.resolveOffset(String(offset));
      this.positions.set(partition, offset + 1);
      this.commits.note(partition, offset + 1);
    }
  }

  private async process(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<ProcessedBatch> {
    try {
      return await this.options.process(records, signal);
    } catch (cause) {
      this.options.observer.failed('process records', cause);
      return { _tag: 'Unavailable', cause };
    }
  }

  private pause(payload: EachBatchPayload, cause: unknown): void {
    const { partition } = payload.batch;
    const { observer, clock, random } = this.options;
    const failures = (this.pausedPartitions.get(partition) ?? 0) + 1;
    this.pausedPartitions.set(partition, failures);
    const resume = payload.pause();
    if (failures === 1) observer.paused(partition, cause);
    void clock.sleep(retryDelay(PAUSE, failures, random.next()), this.stopped).then(resume);
  }

  private recovered(partition: number): void {
    if (this.pausedPartitions.delete(partition)) this.options.observer.resumed(partition);
  }
}
