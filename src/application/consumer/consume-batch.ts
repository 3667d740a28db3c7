import * as E from 'fp-ts/lib/Either.js';
import type { ConsumedRecord, IncomingEvent } from '../ports/consumed-record.ts';
import type { ConsumeRecord, Processed } from './consume-record.ts';
import type { HandlerFailed } from './subscription.ts';
import type { SettleBatch } from './settle-batch.ts';

/** What became of records that were handed over together. */
export type ProcessedBatch =
  /** So many leading records are done, at least one; only their offsets may be committed. Hand the others over again. */
  | { readonly _tag: 'Done'; readonly taken: number }
  /** The first record could not be taken; see `Processed`. */
  | Exclude<Processed, { readonly _tag: 'Done' }>;

export interface ConsumeBatchDependencies {
  readonly consume: ConsumeRecord;
  readonly settleBatch: SettleBatch;
}

const leadingEvents = (records: readonly ConsumedRecord[]): readonly IncomingEvent[] => {
  const events: IncomingEvent[] = [];
  for (const record of records) {
    if (record._tag === 'Broken') break;
    events.push(record.event);
  }
  return events;
};

/** A batch is never offered fewer events. */
const FEWEST = 8;
/** What is offered after a batch that ended early, as a multiple of what it took. */
const HEADROOM = 1.25;

/**
 * How many events the next transaction is offered. Each event offered has its order locked and its inbox rows read,
 * also when time is up before its turn; slow handlers would pay for that again with each batch of a backlog.
 */
class Portion {
  private events = Infinity;

  get size(): number {
    return this.events;
  }

  /** `taken` of `offered` events were settled. */
  learn(offered: number, taken: number): void {
    this.events = taken < offered ? Math.max(FEWEST, Math.ceil(taken * HEADROOM)) : this.events * 2;
  }
}

/**
 * Takes records of one partition in their order, many in a transaction as long as they are plain. Whatever is not (a
 * gap, a parked order, a record that breaks the contract, a handler that fails) is taken one by one by
 * `ConsumeRecord`, which retries, holds and parks; then batches go on.
 */
export class ConsumeBatch {
  private readonly portion = new Portion();

  constructor(private readonly deps: ConsumeBatchDependencies) {}

  /** `records` has at least one. */
  async process(records: readonly ConsumedRecord[], signal: AbortSignal): Promise<ProcessedBatch> {
    const events = leadingEvents(records).slice(0, this.portion.size);
    if (events.length < 2) return this.oneByOne(records.slice(0, 1), signal);
    const settled = await this.deps.settleBatch.settle(events, signal)();
    if (E.isRight(settled)) {
      this.portion.learn(events.length, settled.right.length);
      if (settled.right.length === 0) return this.oneByOne(records.slice(0, 1), signal);
      for (const { event, settled: outcome } of settled.right) await this.deps.consume.follow(event, outcome, signal);
      return { _tag: 'Done', taken: settled.right.length };
    }
    const error = settled.left;
    switch (error._tag) {
      case 'BatchBroken':
        // Up to the event whose effect failed: its retries must not hold the locks of the others' orders.
        return this.oneByOne(records.slice(0, error.at + 1), signal, error.failure);
      case 'ContentionExhausted':
        return this.oneByOne(records, signal);
      case 'StorageUnavailable':
      case 'CommitOutcomeUnknown':
        return { _tag: 'Unavailable', cause: error };
    }
  }

  /** `lastFailed`: how the handler of the last of them has failed already. */
  private async oneByOne(
    records: readonly ConsumedRecord[],
    signal: AbortSignal,
    lastFailed?: HandlerFailed,
  ): Promise<ProcessedBatch> {
    for (const [taken, record] of records.entries()) {
      const failed = taken === records.length - 1 ? lastFailed : undefined;
      const processed = await this.deps.consume.process(record, signal, failed);
      if (processed._tag !== 'Done') return taken === 0 ? processed : { _tag: 'Done', taken };
    }
    return { _tag: 'Done', taken: records.length };
  }
}
