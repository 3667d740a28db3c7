import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Published, Publisher, PublishFailure } from '../../../src/application/ports/publisher.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';

/**
 * PLANTED BUG. Reports a batch as stored once it is handed to the client library, at the offset it will have if
 * all goes well. While the broker is well this is never wrong; what is under way when the broker dies is lost.
 */
export class MarkBeforeAckPublisher implements Publisher {
  /** Offset the next batch of a lane will have; absent before the first answer and after a failed one. */
  private readonly nextOffset = new Map<number, number>();
  private readonly underWay = new Map<number, Promise<unknown>>();

  constructor(private readonly real: Publisher) {}

  publish(lane: number, records: readonly OutboxRecord[]): TaskEither<PublishFailure, Published> {
    return async () => {
      const predicted = this.nextOffset.get(lane);
      if (predicted === undefined) return this.send(lane, records);
      this.nextOffset.set(lane, predicted + records.length);
      void this.send(lane, records);
      return E.right({ baseOffset: predicted });
    };
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

  private send(lane: number, records: readonly OutboxRecord[]): Promise<Either<PublishFailure, Published>> {
    const before = this.underWay.get(lane) ?? Promise.resolve();
    const sending = before.then(async () => {
      const sent = await this.real.publish(lane, records)();
      const known = this.nextOffset.get(lane);
      if (E.isLeft(sent)) this.nextOffset.delete(lane);
      else if (known === undefined) this.nextOffset.set(lane, sent.right.baseOffset + records.length);
      return sent;
    });
    this.underWay.set(lane, sending);
    return sending;
  }
}
