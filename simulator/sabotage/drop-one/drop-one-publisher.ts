import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Published, Publisher, PublishFailure } from '../../../src/application/ports/publisher.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';

/** The record of its life, counted from 1, that it swallows. */
const DROPPED = 50;

/**
 * PLANTED BUG. Acknowledges the 50th record without sending it: as the last of its batch, so that the others
 * keep their offsets and only the missing event gives it away.
 */
export class DropOnePublisher implements Publisher {
  private seen = 0;
  private dropped = false;
  private readonly nextOffset = new Map<number, number>();

  constructor(private readonly real: Publisher) {}

  publish(lane: number, records: readonly OutboxRecord[]): TaskEither<PublishFailure, Published> {
    this.seen += records.length;
    const base = this.nextOffset.get(lane);
    const drops = !this.dropped && this.seen >= DROPPED && base !== undefined;
    const sent = drops ? records.slice(0, -1) : records;
    if (drops) this.dropped = true;
    if (drops && sent.length === 0) return TE.right({ baseOffset: base });
    return TE.map((published: Published) => {
      this.nextOffset.set(lane, published.baseOffset + sent.length);
      return published;
    })(this.real.publish(lane, sent));
  }

  sizeOf(record: OutboxRecord): number {
    return this.real.sizeOf(record);
  }

  maxBatchBytes(): number {
    return this.real.maxBatchBytes();
  }

  refreshLimits(): TaskEither<PublishFailure, void> {
    return this.real.refreshLimits();
  }
}
