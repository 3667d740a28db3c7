import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Clock } from '../../src/application/ports/clock.ts';
import type { OutboxEvent } from '../../src/application/ports/outbox.ts';
import { laneOf } from '../../src/application/relay/lanes.ts';
import type { InMemoryDatabase } from '../../src/infrastructure/in-memory/in-memory-database.ts';
import { InMemoryOutbox } from '../../src/infrastructure/in-memory/in-memory-outbox.ts';
import { InMemoryUnitOfWork } from '../../src/infrastructure/in-memory/in-memory-unit-of-work.ts';
import type { ClientOperation, OrderRow } from '../checker/evidence.ts';
import type { FaultyCalls } from './faulty-calls.ts';

const MAX_EVENT_BYTES = 100_000;

export const orderName = (order: number): string => `order-${order}`;

/**
 * The service as its clients see it: orders that raise events, each change in one transaction with its outbox rows.
 * Transactions of different orders overlap, so rows are seen out of the order of their IDs; of one order they follow
 * each other, as under the lock of the order's row.
 */
export class Shop {
  readonly history: ClientOperation[] = [];
  private readonly orders = new Map<string, OrderRow>();
  private readonly locks = new Map<string, Promise<void>>();
  private readonly outbox: InMemoryOutbox;
  private readonly unitOfWork: InMemoryUnitOfWork;
  private eventCount = 0;
  private requestCount = 0;

  constructor(
    database: InMemoryDatabase,
    private readonly clock: Clock,
    private readonly calls: FaultyCalls,
    lanes: number,
    /** Rings the relays, as the service does after COMMIT. */
    private readonly committed: (orderKey: string) => void,
  ) {
    this.outbox = new InMemoryOutbox(database, { laneOf: (key) => laneOf(key, lanes), maxEventBytes: MAX_EVENT_BYTES });
    this.unitOfWork = new InMemoryUnitOfWork(database, 'transactBeside');
  }

  orderRows(): readonly OrderRow[] {
    return [...this.orders.values()];
  }

  /** One request of a client. Places the order, or changes it when it is there. */
  commit(orderId: string, events: number, commitMs: number): void {
    const before = this.locks.get(orderId) ?? Promise.resolve();
    this.locks.set(
      orderId,
      before.then(() => this.request(orderId, events, commitMs)),
    );
  }

  private async request(orderId: string, events: number, commitMs: number): Promise<void> {
    this.requestCount += 1;
    const customerId = `customer-${this.requestCount}`;
    const invokedAt = this.clock.now();
    const known = this.orders.get(orderId);
    const outcome = await this.calls.write(
      'commit an order',
      this.transaction(orderId, customerId, events, commitMs),
    )();
    if (E.isRight(outcome)) this.committed(orderId);
    if (known !== undefined) return;
    const isOk = E.isRight(outcome);
    this.history.push({
      index: this.history.length,
      kind: 'place',
      idempotencyKey: customerId,
      orderId: isOk ? orderId : null,
      marker: customerId,
      invokedAt,
      completedAt: this.clock.now(),
      sent: 1,
      outcome: isOk ? 'ok' : 'unknown',
      status: isOk ? 201 : null,
      totalMinor: null,
    });
  }

  private transaction(orderId: string, customerId: string, events: number, commitMs: number) {
    return this.unitOfWork.run({ action: 'commit an order', rerunAfterUnknownCommit: false }, (tx) => {
      const order = this.orders.get(orderId) ?? this.newOrder(orderId, customerId);
      const raised = Array.from({ length: events }, (_, index) => this.event(orderId, order.version + 1 + index));
      return pipe(
        this.outbox.append(tx, raised),
        TE.tapTask(() => () => this.clock.sleep(commitMs)),
        TE.map(() => {
          this.orders.set(orderId, { ...order, version: order.version + events });
        }),
      );
    });
  }

  private newOrder(orderId: string, customerId: string): OrderRow {
    return {
      orderId,
      version: 0,
      status: 'placed',
      customerId,
      totalMinor: 1_000,
      paidMinor: null,
      paymentReference: null,
      trackingNumber: null,
      receivedBy: null,
      cancelReason: null,
      placedAt: this.clock.now(),
    };
  }

  private event(orderKey: string, sequence: number): OutboxEvent {
    this.eventCount += 1;
    return {
      eventId: `event-${this.eventCount}`,
      orderKey,
      sequence,
      type: sequence === 1 ? 'OrderPlaced' : 'OrderChanged',
      version: 1,
      occurredAt: new Date(this.clock.now()).toISOString(),
      payload: `{"change":${this.eventCount}}`,
      headers: {},
    };
  }
}
