import * as E from 'fp-ts/lib/Either.js';
import type { Task } from 'fp-ts/lib/Task.js';
import * as t from 'io-ts';
import type { ConsumerView, ConsumerViews } from '../../application/ports/consumer-views.ts';
import { addressAt, askConsumer } from './ask-consumer.ts';

const seenEvent = { sequence: t.number, eventId: t.string, type: t.string };
const nullable = <C extends t.Mixed>(codec: C): t.UnionC<[C, t.NullC]> => t.union([codec, t.null]);

const OrderProgress = t.strict({
  consumer: t.string,
  orderId: t.string,
  lastSequence: t.number,
  applied: t.readonlyArray(t.strict({ ...seenEvent, appliedAt: t.string })),
  waiting: t.readonlyArray(t.strict({ ...seenEvent, storedAt: t.string })),
  parked: nullable(t.strict({ reason: t.string, eventId: nullable(t.string), parkedAt: t.string })),
  baseline: nullable(t.strict({ sequence: t.number, because: t.string })),
  callbacks: t.readonlyArray(
    t.strict({
      name: t.string,
      status: t.union([t.literal('pending'), t.literal('delivered'), t.literal('refused')]),
      attempts: t.number,
      lastError: nullable(t.string),
    }),
  ),
});

/** Asks `GET /progress/:orderId` of each consumer, all at once. */
export class HttpConsumerViews implements ConsumerViews {
  /** Base URLs by the consumers' names. */
  constructor(private readonly urls: ReadonlyMap<string, string>) {}

  ofOrder(orderId: string): Task<readonly ConsumerView[]> {
    return () => Promise.all(Array.from(this.urls, ([consumer, url]) => this.ask(consumer, url, orderId)));
  }

  private async ask(consumer: string, url: string, orderId: string): Promise<ConsumerView> {
    const progress = await askConsumer(addressAt(url, `/progress/${orderId}`), OrderProgress);
    return E.isLeft(progress)
      ? { _tag: 'Unknown', consumer, reason: progress.left }
      : { _tag: 'Known', consumer, progress: progress.right };
  }
}
