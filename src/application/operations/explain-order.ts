import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { OrderId } from '../../domain/order/values.ts';
import type { ConsumerView, ConsumerViews } from '../ports/consumer-views.ts';
import type { OrderStore, VersionedOrder } from '../ports/order-store.ts';
import type { OutboxEntry, OutboxQueries } from '../ports/outbox-queries.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import { timelineOf } from './explain-timeline.ts';
import type { EventWithAttempts, TimelineEntry } from './explain-timeline.ts';

export interface OrderExplanation {
  readonly orderId: string;
  readonly order: VersionedOrder;
  /** By sequence, each with the attempts that failed. */
  readonly events: readonly EventWithAttempts[];
  readonly consumers: readonly ConsumerView[];
  readonly timeline: readonly TimelineEntry[];
}

export interface OrderUnknown {
  readonly _tag: 'OrderUnknown';
  readonly orderId: string;
}

export interface ExplainDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly orderStore: OrderStore;
  readonly outbox: OutboxQueries;
  readonly consumers: ConsumerViews;
}

/** The whole story of one order: its state, where each event stands and why, and what the consumers made of it. */
export class ExplainOrder {
  constructor(private readonly dependencies: ExplainDependencies) {}

  handle(orderId: OrderId): TaskEither<UnitOfWorkError | OrderUnknown, OrderExplanation> {
    const { outbox, consumers } = this.dependencies;
    return pipe(
      TE.Do,
      TE.bindW('order', () => this.load(orderId)),
      TE.bindW('events', () => pipe(outbox.ofOrder(orderId), TE.flatMap(TE.traverseSeqArray(this.withAttempts)))),
      TE.bindW('consumers', () => TE.fromTask(consumers.ofOrder(orderId))),
      TE.map((known) => ({ orderId, ...known, timeline: timelineOf(known.events, known.consumers) })),
    );
  }

  private load(orderId: OrderId): TaskEither<UnitOfWorkError | OrderUnknown, VersionedOrder> {
    const { unitOfWork, orderStore } = this.dependencies;
    const unknown: OrderUnknown = { _tag: 'OrderUnknown', orderId };
    return unitOfWork.run({ action: 'explain order', rerunAfterUnknownCommit: true }, (tx) =>
      pipe(orderStore.load(tx, orderId), TE.flatMap(TE.fromOption((): OrderUnknown => unknown))),
    );
  }

  private readonly withAttempts = (event: OutboxEntry): TaskEither<StorageUnavailable, EventWithAttempts> =>
    pipe(
      this.dependencies.outbox.find(event.eventId),
      TE.map((detail) => ({ ...event, history: detail?.history ?? [] })),
    );
}
