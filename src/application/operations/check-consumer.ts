import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../ports/clock.ts';
import type { ConsumedEvent, ConsumedOrder, ConsumerLedger } from '../ports/consumer-ledger.ts';
import type { Examination, Observation } from '../ports/examination.ts';
import type { LedgerPlace, LedgerRemains, OutboxLedger } from '../ports/outbox-ledger.ts';
import type { Unreachable } from '../ports/start-check.ts';
import { stored, untilUnanswered } from './answered.ts';
import { CONSUMER_DISCREPANCIES } from './consumer-discrepancies.ts';
import { Discrepancies } from './discrepancies.ts';

export interface CheckConsumerParts {
  readonly consumer: string;
  readonly ledger: ConsumerLedger;
  /** Of the service whose events it consumes. */
  readonly outbox: Pick<OutboxLedger, 'placesOf' | 'remainsOf' | 'totals'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

const ORDERS_AT_ONCE = 500;
const EVENTS_AT_ONCE = 1_000;
const CALLBACKS_AT_ONCE = 2_000;
/** Looked at twice, at most; of more than these, the first look counts. */
const MOST_SUSPECTS = 10_000;
/** After which a second look tells what is so from what was just happening: the sweep of a consumer comes each second. */
const SECOND_LOOK_MS = 3_000;
/** Callbacks are looked for every 200 ms, and tried again every 5 s at the latest. */
const STUCK = { dueForSeconds: 300, attempts: 100 };
const STUCK_TOLD = 1_000;

/** All pages of a list, each beginning behind the last entry of the one before. */
async function* pages<A, K>(
  read: (after: K) => Promise<readonly A[]>,
  start: K,
  keyOf: (entry: A) => K,
): AsyncGenerator<readonly A[]> {
  let after = start;
  for (;;) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = keyOf(last);
  }
}

const inChunks = <A>(items: readonly A[], size: number): readonly (readonly A[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

const named = ({ eventId, sequence, orderKey }: Pick<ConsumedEvent, 'eventId' | 'sequence' | 'orderKey'>): string =>
  `event ${eventId}, sequence ${sequence} of ${orderKey}`;

/** Applied events that the inbox still must have are those above this one. */
const floorOf = ({ purgedThrough, baseline }: ConsumedOrder): number => Math.max(purgedThrough, (baseline ?? 1) - 1);

const isWhole = (order: ConsumedOrder): boolean => {
  const { lastSequence, applied } = order;
  const floor = floorOf(order);
  const expected = Math.max(0, lastSequence - floor);
  if (applied.count !== expected) return false;
  return expected === 0 || (applied.first === floor + 1 && applied.last === lastSequence);
};

/** Not parked, and the first event that waits is next, or was. */
const isReady = ({ parked, waiting, lastSequence }: ConsumedOrder): boolean =>
  !parked && waiting.head !== null && waiting.head <= lastSequence + 1;

/**
 * Whether the tables of a consumer's kit fit each other, and the outbox of the service: while both run. An order is read
 * as of one moment; an applied event is looked for in the outbox after it was seen, where it was committed before. What
 * may just be happening is looked at twice. Everything is read once, page by page, and nothing of it is kept.
 *
 * It cannot tell that a consumer lacks an event of which it has heard nothing: that is told by the lag of its group.
 */
export class CheckConsumer {
  private readonly found = new Discrepancies(CONSUMER_DISCREPANCIES);
  private readonly maybeReady: string[] = [];
  private readonly maybeAhead: ConsumedEvent[] = [];
  private readonly counted = { orders: 0, applied: 0, purged: 0, waiting: 0, callbacks: 0 };
  private somethingWasPurged = false;

  constructor(private readonly parts: CheckConsumerParts) {}

  static examination(parts: CheckConsumerParts): Examination {
    return { name: `consumer ${parts.consumer}: tables`, run: () => new CheckConsumer(parts).run()() };
  }

  run(): TaskEither<Unreachable, readonly Observation[]> {
    return untilUnanswered(() => this.check());
  }

  private async check(): Promise<readonly Observation[]> {
    const { ledger } = this.parts;
    const orders = (after: string) => stored(ledger.ordersAfter(after, ORDERS_AT_ONCE));
    for await (const page of pages(orders, '', ({ orderKey }) => orderKey)) this.checkOrders(page);
    const applied = (after: string) => stored(ledger.appliedAfter(after, EVENTS_AT_ONCE));
    for await (const page of pages(applied, '', ({ eventId }) => eventId)) await this.checkApplied(page);
    const waiting = (after: string) => stored(ledger.waitingAfter(after, EVENTS_AT_ONCE));
    for await (const page of pages(waiting, '', ({ eventId }) => eventId)) await this.checkWaiting(page);
    await this.checkCallbacks();
    await this.lookAgain();
    return [this.summary(), ...this.found.observations()];
  }

  private summary(): Observation {
    const { orders, applied, purged, waiting, callbacks } = this.counted;
    if (orders === 0 && applied === 0)
      return {
        state: 'warn',
        says: `there is nothing of a consumer named ${this.parts.consumer} in this database`,
        mend: 'give CONSUMER_MYSQL_URLS the name that the consumer itself has, and its own database',
      };
    return {
      state: 'ok',
      says:
        `looked at ${orders} orders, ${applied} applied events (${purged} of which the outbox has purged), ` +
        `${waiting} that wait, ${callbacks} callbacks`,
    };
  }

  private checkOrders(page: readonly ConsumedOrder[]): void {
    this.counted.orders += page.length;
    for (const order of page) {
      const { orderKey, lastSequence, applied, parked, waiting, kept } = order;
      if (!isWhole(order))
        this.found.note(
          'sequence',
          `${orderKey} is at ${lastSequence}, with ${applied.count} applied events above ${floorOf(order)}: ${applied.first ?? 'none'} to ${applied.last ?? 'none'}`,
        );
      if (parked) this.found.note('parked', orderKey);
      if (parked && waiting.count + kept === 0) this.found.note('causeless', orderKey);
      if (!parked && kept > 0) this.found.note('evidence', orderKey);
      if (isReady(order)) this.suspectReady(order);
      else if (!parked && waiting.head !== null)
        this.found.note('gap', `${orderKey} is at ${lastSequence}, ${waiting.head} waits`);
    }
  }

  private suspectReady(order: ConsumedOrder): void {
    if (this.maybeReady.length < MOST_SUSPECTS) this.maybeReady.push(order.orderKey);
    else this.noteReady(order);
  }

  private noteReady({ orderKey, lastSequence, waiting }: ConsumedOrder): void {
    this.found.note('ready', `${orderKey} is at ${lastSequence}, ${waiting.head ?? 'nothing'} waits`);
  }

  private async checkApplied(page: readonly ConsumedEvent[]): Promise<void> {
    this.counted.applied += page.length;
    for (const event of page) {
      if (!event.hasOrder) this.found.note('unowned', named(event));
      if (event.waitsToo) this.found.note('twice', named(event));
    }
    for (const [event, place] of await this.compared(page)) {
      if (place.status === 'QUARANTINED' || place.status === 'SKIPPED')
        this.found.note('givenUp', `${named(event)} is ${place.status}`);
      if (place.status !== 'PENDING') continue;
      if (this.maybeAhead.length < MOST_SUSPECTS) this.maybeAhead.push(event);
      else this.found.note('ahead', named(event));
    }
  }

  private async checkWaiting(page: readonly ConsumedEvent[]): Promise<void> {
    this.counted.waiting += page.length;
    for (const event of page) if (!event.hasOrder) this.found.note('unowned', named(event));
    await this.compared(page);
  }

  /** Each event with its place in the outbox, when that is the same; notes those of which it is not, or was never there. */
  private async compared(
    page: readonly ConsumedEvent[],
  ): Promise<readonly (readonly [event: ConsumedEvent, place: LedgerPlace])[]> {
    const places = await stored(this.parts.outbox.placesOf(page.map(({ eventId }) => eventId)));
    const byId = new Map(places.map((place) => [place.eventId, place]));
    const pairs: (readonly [ConsumedEvent, LedgerPlace])[] = [];
    const absent: ConsumedEvent[] = [];
    for (const event of page) {
      const place = byId.get(event.eventId);
      if (place === undefined) absent.push(event);
      else if (place.orderKey === event.orderKey && place.sequence === event.sequence) pairs.push([event, place]);
      else this.found.note('other', `${named(event)} is sequence ${place.sequence} of ${place.orderKey}`);
    }
    await this.checkAbsent(absent);
    return pairs;
  }

  /** Rows that were purged are no longer there to compare; whether they were is told by what is left of the order. */
  private async checkAbsent(events: readonly ConsumedEvent[]): Promise<void> {
    if (events.length === 0) return;
    const { outbox } = this.parts;
    const remains = await stored(outbox.remainsOf([...new Set(events.map(({ orderKey }) => orderKey))]));
    if (!this.somethingWasPurged) this.somethingWasPurged = (await stored(outbox.totals())).purged > 0;
    const wasPurged = ({ sequence }: ConsumedEvent, left: LedgerRemains | undefined): boolean =>
      this.somethingWasPurged && left !== undefined && sequence < (left.first ?? left.version + 1);
    for (const event of events) {
      if (wasPurged(event, remains.get(event.orderKey))) this.counted.purged += 1;
      else this.found.note('unknown', named(event));
    }
  }

  private async checkCallbacks(): Promise<void> {
    const { ledger } = this.parts;
    const read = (after: number) => stored(ledger.callbacksAfter(after, CALLBACKS_AT_ONCE));
    for await (const page of pages(read, 0, ({ row }) => row)) {
      this.counted.callbacks += page.length;
      for (const callback of page)
        if (!callback.hasEvent) this.found.note('unasked', `${callback.name} of ${named(callback)}`);
    }
    for (const { name, orderKey, attempts, dueForSeconds } of await stored(ledger.stuckCallbacks(STUCK, STUCK_TOLD)))
      this.found.note('stuck', `${name} of ${orderKey}, ${attempts} attempts, due since ${dueForSeconds} s`);
  }

  private async lookAgain(): Promise<void> {
    const { ledger, outbox, clock } = this.parts;
    if (this.maybeReady.length + this.maybeAhead.length === 0) return;
    await clock.sleep(SECOND_LOOK_MS);
    for (const keys of inChunks(this.maybeReady, ORDERS_AT_ONCE))
      for (const order of await stored(ledger.ordersOf(keys))) if (isReady(order)) this.noteReady(order);
    for (const events of inChunks(this.maybeAhead, EVENTS_AT_ONCE)) {
      const places = await stored(outbox.placesOf(events.map(({ eventId }) => eventId)));
      const pending = new Set(places.flatMap(({ eventId, status }) => (status === 'PENDING' ? [eventId] : [])));
      for (const event of events) if (pending.has(event.eventId)) this.found.note('ahead', named(event));
    }
  }
}
