import * as E from 'fp-ts/lib/Either.js';
import type { Task } from 'fp-ts/lib/Task.js';
import * as t from 'io-ts';
import type { ConsumerDesk, ConsumerState } from '../../application/ports/consumer-desk.ts';
import { addressAt, askConsumer } from './ask-consumer.ts';

const Status = t.strict({
  group: t.string,
  joined: t.boolean,
  failure: t.union([t.string, t.null]),
  lag: t.number,
  pausedPartitions: t.number,
  parkedOrders: t.number,
  parkedRecords: t.number,
  gapOrders: t.number,
  waitingEvents: t.number,
  pendingCallbacks: t.number,
});

/** Asks the HTTP server of each consumer, all at once. */
export class HttpConsumerDesk implements ConsumerDesk {
  /** Base URLs by the consumers' names. */
  constructor(private readonly urls: ReadonlyMap<string, string>) {}

  statuses(): Task<readonly ConsumerState[]> {
    return () => Promise.all(Array.from(this.urls, ([consumer, url]) => this.statusOf(consumer, url)));
  }

  private async statusOf(consumer: string, url: string): Promise<ConsumerState> {
    const status = await askConsumer(addressAt(url, '/status'), Status);
    return E.isLeft(status)
      ? { _tag: 'Unknown', consumer, reason: status.left }
      : { _tag: 'Known', consumer, status: status.right };
  }
}
