import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../ports/clock.ts';
import type { ConsumedEvent, ConsumedOrder, ConsumerLedger, StuckCallback } from '../ports/consumer-ledger.ts';
import type { Examination, Observation } from '../ports/examination.ts';
import type { LedgerPlace, LedgerPublished, OutboxLedger } from '../ports/outbox-ledger.ts';
import type { Unreachable } from '../ports/start-check.ts';
import { stored, untilUnanswered } from './answered.ts';
import { CONSUMER_DISCREPANCIES } from './consumer-discrepancies.ts';
import { Discrepancies } from './discrepancies.ts';
import { inChunks } from './in-chunks.ts';
import { isBelowRemains } from './is-below-remains.ts';

export interface CheckConsumerParts {
  readonly consumer: string;
  readonly ledger: ConsumerLedger;
  /** Of the service whose events it consumes. */
  readonly outbox: Pick<
    OutboxLedger,
    'now' | 'placesOf' | 'remainsOf' | 'hasPurged' | 'publishedAfter' | 'publishedOf'
  >;
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
/** By then a consumer that keeps up has what was published. */
const HEARD_WITHIN_SECONDS = 60;

type EventPlace = Pick<ConsumedEvent, 'eventId' | 'sequence' | 'orderKey'>;

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

const named = ({ eventId, sequence, orderKey }: EventPlace): string =>
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

/** Where it stands, and what is next: as long as neither changes, nobody works on it. */
const standOf = ({ lastSequence, waiting }: ConsumedOrder): string =>
  `is at ${lastSequence}, ${waiting.head ?? 'nothing'} waits`;

const keyOf = ({ eventId, name }: StuckCallback): string => `${eventId} ${name}`;

/**
 * Whether the tables of a consumer's kit fit each other, and the outbox of the service: while both run. An order is read
 * as of one moment; an applied event is looked for in the outbox after it was seen, where it was committed before. What
 * may just be happening is looked at twice. Everything is read once, page by page, and nothing of it is kept.
 *
 * What was published a minute before it began, the consumer must have heard of: the lag of its group does not tell that,
 * when its database was restored and the offsets, which are Kafka's, were not. Left out are orders that are wholly older
 * than the first one at which the group was allowed to begin in the middle. It cannot tell that a consumer lacks what
 * the outbox has purged.
 */
export class CheckConsumer {
  private readonly found = new Discrepancies(CONSUMER_DISCREPANCIES);
  /** Where each stands. */
  private readonly maybeReady = new Map<string, string>();
  private readonly maybeBehind: LedgerPublished[] = [];
  private maybeStuck: readonly StuckCallback[] = [];
  /** When the group began, in each lane in which it began in the middle of an order. */
  private readonly began = new Map<number, string>();
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
    const { ledger, outbox } = this.parts;
    const before = await stored(outbox.now(HEARD_WITHIN_SECONDS));
    const orders = (after: string) => stored(ledger.ordersAfter(after, ORDERS_AT_ONCE));
    for await (const page of pages(orders, '', ({ orderKey }) => orderKey)) {
      this.checkOrders(page);
      await this.lookForBeginnings(page);
    }
    const applied = (after: string) => stored(ledger.appliedAfter(after, EVENTS_AT_ONCE));
    for await (const page of pages(applied, '', ({ eventId }) => eventId)) await this.checkApplied(page);
    const waiting = (after: string) => stored(ledger.waitingAfter(after, EVENTS_AT_ONCE));
    for await (const page of pages(waiting, '', ({ eventId }) => eventId)) await this.checkWaiting(page);
    await this.checkCallbacks();
    const published = (after: number) => stored(outbox.publishedAfter(after, before, EVENTS_AT_ONCE));
    for await (const page of pages(published, 0, ({ row }) => row)) await this.checkPublished(page);
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
    const { orderKey } = order;
    if (this.maybeReady.size < MOST_SUSPECTS) this.maybeReady.set(orderKey, standOf(order));
    else this.found.note('ready', `${orderKey} ${standOf(order)}`);
  }

  private async lookForBeginnings(page: readonly ConsumedOrder[]): Promise<void> {
    const firsts = page.flatMap(({ orderKey, baseline }) =>
      baseline === null ? [] : [{ orderKey, sequence: baseline }],
    );
    for (const { lane, publishedAt } of await stored(this.parts.outbox.publishedOf(firsts))) {
      const known = this.began.get(lane);
      if (known === undefined || publishedAt < known) this.began.set(lane, publishedAt);
    }
  }

  private async checkPublished(page: readonly LedgerPublished[]): Promise<void> {
    for (const event of await this.unheard(page)) {
      if (this.maybeBehind.length < MOST_SUSPECTS) this.maybeBehind.push(event);
      else this.found.note('behind', named(event));
    }
  }

  /** Those of the events of which the consumer has nothing, though it should. */
  private async unheard(page: readonly LedgerPublished[]): Promise<readonly LedgerPublished[]> {
    const { ledger } = this.parts;
    const reached = await stored(ledger.reachedOf([...new Set(page.map(({ orderKey }) => orderKey))]));
    const above = page.filter(({ orderKey, sequence }) => sequence > (reached.get(orderKey) ?? 0));
    const heard = await stored(ledger.heardOf(above));
    return above.filter(
      (event) => !heard.has(event.eventId) && (reached.has(event.orderKey) || !this.isBeforeItBegan(event)),
    );
  }

  private isBeforeItBegan({ lane, publishedAt }: LedgerPublished): boolean {
    const [earliest] = [...this.began.values()].sort();
    const began = this.began.get(lane) ?? earliest;
    return began !== undefined && publishedAt < began;
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
    // After what is left was read, and until it is so: a purge may begin meanwhile.
    this.somethingWasPurged ||= await stored(outbox.hasPurged());
    for (const event of events) {
      if (this.somethingWasPurged && isBelowRemains(event.sequence, remains.get(event.orderKey)))
        this.counted.purged += 1;
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
    this.maybeStuck = await stored(ledger.stuckCallbacks(STUCK, STUCK_TOLD));
  }

  private async lookAgain(): Promise<void> {
    const suspects = this.maybeReady.size + this.maybeAhead.length + this.maybeBehind.length + this.maybeStuck.length;
    if (suspects === 0) return;
    await this.parts.clock.sleep(SECOND_LOOK_MS);
    await this.lookAgainAtReady();
    await this.lookAgainAtStuck();
    await this.lookAgainAtAhead();
    await this.lookAgainAtBehind();
  }

  /** While any of them moves, the others wait for their turn. */
  private async lookAgainAtReady(): Promise<void> {
    const still: string[] = [];
    for (const keys of inChunks([...this.maybeReady.keys()], ORDERS_AT_ONCE))
      for (const order of await stored(this.parts.ledger.ordersOf(keys)))
        if (isReady(order) && standOf(order) === this.maybeReady.get(order.orderKey))
          still.push(`${order.orderKey} ${standOf(order)}`);
    const kind = still.length < this.maybeReady.size ? 'draining' : 'ready';
    for (const order of still) this.found.note(kind, order);
  }

  private async lookAgainAtStuck(): Promise<void> {
    if (this.maybeStuck.length === 0) return;
    const before = new Set(this.maybeStuck.map(keyOf));
    const now = await stored(this.parts.ledger.stuckCallbacks(STUCK, STUCK_TOLD));
    for (const callback of now.filter((one) => before.has(keyOf(one)))) {
      const { name, orderKey, attempts, dueForSeconds } = callback;
      this.found.note('stuck', `${name} of ${orderKey}, ${attempts} attempts, due since ${dueForSeconds} s`);
    }
  }

  private async lookAgainAtAhead(): Promise<void> {
    for (const events of inChunks(this.maybeAhead, EVENTS_AT_ONCE)) {
      const places = await stored(this.parts.outbox.placesOf(events.map(({ eventId }) => eventId)));
      const pending = new Set(places.flatMap(({ eventId, status }) => (status === 'PENDING' ? [eventId] : [])));
      for (const event of events) if (pending.has(event.eventId)) this.found.note('ahead', named(event));
    }
  }

  /** A lane is read by offset: what lies before an event that has come meanwhile will not come any more. */
  private async lookAgainAtBehind(): Promise<void> {
    const still: LedgerPublished[] = [];
    const reading = new Map<number, number>();
    for (const events of inChunks(this.maybeBehind, EVENTS_AT_ONCE)) {
      const unheard = new Set(await this.unheard(events));
      for (const event of events) {
        const { lane, offset } = event;
        if (unheard.has(event)) still.push(event);
        else reading.set(lane, Math.min(reading.get(lane) ?? Infinity, offset ?? Infinity));
      }
    }
    const mayCome = ({ lane, offset }: LedgerPublished): boolean =>
      reading.size > 0 && (offset ?? 0) >= (reading.get(lane) ?? 0);
    for (const event of still) this.found.note(mayCome(event) ? 'catchingUp' : 'behind', named(event));
  }
}
