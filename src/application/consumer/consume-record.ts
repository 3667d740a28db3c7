import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../ports/clock.ts';
import type { ConsumedRecord, IncomingEvent } from '../ports/consumed-record.ts';
import type { ConsumerObserver } from '../ports/consumer-observer.ts';
import type { Inbox, ParkingCause } from '../ports/inbox.ts';
import type { Random } from '../ports/random.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describeCause } from '../describe-cause.ts';
import { releaseParkedOrders } from './release-parked-orders.ts';
import { retryDelay } from './retry-delay.ts';
import type { RetryPolicy } from './retry-delay.ts';
import type { Arrival } from './sequence.ts';
import type { SettleEvent, Settled } from './settle-event.ts';
import type { HandlerFailed } from './subscription.ts';

/** What became of a record. Only after `Done` may its offset be committed. */
export type Processed =
  | { readonly _tag: 'Done'; readonly settled: Settled }
  /** Database or network: nobody's fault. Ask again later, from the same record. */
  | { readonly _tag: 'Unavailable'; readonly cause: unknown }
  /** Asked to stop between two attempts. */
  | { readonly _tag: 'Interrupted' };

export interface ConsumeRecordDependencies {
  readonly settleEvent: SettleEvent;
  readonly inbox: Inbox;
  readonly unitOfWork: UnitOfWork;
  readonly observer: ConsumerObserver;
  readonly clock: Clock;
  readonly random: Random;
  /** `attempts`: how often a handler may fail before its order is parked. */
  readonly handlerRetry: RetryPolicy & { readonly attempts: number };
}

const SWEEP_ORDERS = 100;
const progressed = (settled: Settled): boolean => settled._tag === 'Applied' || settled._tag === 'Duplicate';

/** Takes records one after the other: retries handlers, parks at last, then lets stored successors follow. */
export class ConsumeRecord {
  constructor(private readonly deps: ConsumeRecordDependencies) {}

  /** `failed`: how a first attempt at it, made elsewhere, has failed; it counts as one. */
  async process(record: ConsumedRecord, signal: AbortSignal, failed?: HandlerFailed): Promise<Processed> {
    if (record._tag === 'Broken') {
      const parked = await this.deps.settleEvent.park(record.record)();
      if (E.isLeft(parked)) return { _tag: 'Unavailable', cause: parked.left };
      if (parked.right._tag === 'Parked') this.deps.observer.parked(record.record.orderId, record.record.reason);
      return { _tag: 'Done', settled: parked.right };
    }
    const { event } = record;
    const processed = await this.settle(event, 'topic', signal, failed);
    if (processed._tag === 'Done') await this.follow(event, processed.settled, signal);
    return processed;
  }

  /** To be called once an event from the topic is settled: tells of it, and lets stored successors follow. */
  async follow(event: IncomingEvent, settled: Settled, signal: AbortSignal): Promise<void> {
    this.observe(event, 'topic', settled);
    // What this drain leaves behind (the database went away, the process dies) the next sweep finds.
    if (settled._tag === 'Applied' && settled.othersWait) await this.drain(event.orderId, signal);
  }

  /** Applies stored events of the order as far as they follow on each other. */
  async drain(orderId: string, signal: AbortSignal): Promise<void> {
    const { inbox, unitOfWork, observer } = this.deps;
    const options = { action: 'read waiting events', rerunAfterUnknownCommit: true };
    while (!signal.aborted) {
      const next = await unitOfWork.run(options, (tx) => inbox.nextWaiting(tx, orderId))();
      if (E.isLeft(next)) observer.failed('drain', next.left);
      if (E.isLeft(next) || next.right === undefined) return;
      const processed = await this.settle(next.right, 'stored', signal);
      if (processed._tag === 'Done') this.observe(next.right, 'stored', processed.settled);
      if (processed._tag !== 'Done' || !progressed(processed.settled)) return;
    }
  }

  /** Drains what a crash or an operator's release left ready. True when there was something. */
  async sweep(signal: AbortSignal): Promise<boolean> {
    const { inbox, observer } = this.deps;
    const orders = await inbox.drainable(SWEEP_ORDERS)();
    if (E.isLeft(orders)) {
      observer.failed('sweep', orders.left);
      return false;
    }
    for (const orderId of orders.right) await this.drain(orderId, signal);
    return orders.right.length > 0;
  }

  /**
   * Ends the parking of an order, so that its stored events are tried again in sequence, the one that parked it
   * first. Right false: it was not parked. Any process may call it; a running consumer drains the order with its
   * next sweep. A unit whose COMMIT is not answered is not run again: it would find the order released and say that it
   * was not parked.
   */
  release(orderId: string): TaskEither<UnitOfWorkError, boolean> {
    const { inbox, unitOfWork } = this.deps;
    return unitOfWork.run({ action: 'release an order', rerunAfterUnknownCommit: false }, (tx) =>
      TE.map((released: boolean) => released)(inbox.release(tx, orderId)),
    );
  }

  /** `release` of every order that is parked for `cause`; answers how many. */
  releaseAll(cause: ParkingCause | undefined): TaskEither<UnitOfWorkError, number> {
    return releaseParkedOrders(this.deps, cause);
  }

  private async settle(
    event: IncomingEvent,
    arrival: Arrival,
    signal: AbortSignal,
    failed?: HandlerFailed,
  ): Promise<Processed> {
    const { settleEvent, handlerRetry, observer, clock, random } = this.deps;
    let giveUp: string | undefined;
    let earlier = failed;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const settled = earlier === undefined ? await settleEvent.settle(event, arrival, giveUp)() : E.left(earlier);
      earlier = undefined;
      if (E.isRight(settled)) return { _tag: 'Done', settled: settled.right };
      const error = settled.left;
      if (error._tag !== 'HandlerFailed') return { _tag: 'Unavailable', cause: error };
      observer.handlerFailed(event, attempt, error.cause);
      if (attempt >= handlerRetry.attempts)
        giveUp = `the handler failed ${attempt} times: ${describeCause(error.cause)}`;
      else await clock.sleep(retryDelay(handlerRetry, attempt, random.next()), signal);
    }
    return { _tag: 'Interrupted' };
  }

  private observe(event: IncomingEvent, arrival: Arrival, settled: Settled): void {
    const { observer } = this.deps;
    switch (settled._tag) {
      case 'Applied':
        observer.applied(event);
        return;
      case 'Duplicate':
        observer.duplicate(event);
        return;
      case 'Held':
        if (arrival === 'topic') observer.held(event, settled.because);
        return;
      case 'Parked':
        observer.parked(event.orderId, settled.reason);
    }
  }
}
