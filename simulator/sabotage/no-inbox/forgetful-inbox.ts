import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Inbox, InboxState, IncomingEvent } from '../../../src/consumer-kit.ts';

const forget = (state: InboxState, event: IncomingEvent): InboxState => ({
  ...state,
  lastSequence: event.sequence - 1,
  applied: undefined,
  waiting: undefined,
  sequenceSkipped: false,
  purgedThrough: 0,
});

/**
 * PLANTED BUG. Every record looks new and next in turn. It is still noted, so that only the repeated effects give
 * the bug away.
 */
export const forgetfulInbox = (real: Inbox): Inbox => ({
  lock: (tx, orderId) => real.lock(tx, orderId),
  stateFor: (tx, event) =>
    pipe(
      real.stateFor(tx, event),
      TE.map((state) => forget(state, event)),
    ),
  statesFor: (tx, events) =>
    pipe(
      real.statesFor(tx, events),
      TE.map((states) =>
        states.flatMap((state, index) => {
          const event = events[index];
          return event === undefined ? [] : [forget(state, event)];
        }),
      ),
    ),
  recordApplied: (tx, event, baseline) =>
    pipe(
      real.stateFor(tx, event),
      TE.flatMap(({ applied }) =>
        applied === undefined ? real.recordApplied(tx, event, baseline) : TE.right(undefined),
      ),
    ),
  recordAllApplied: (tx, events) =>
    pipe(
      real.statesFor(tx, events),
      TE.flatMap((states) =>
        real.recordAllApplied(
          tx,
          events.filter((_, index) => states[index]?.applied === undefined),
        ),
      ),
    ),
  hold: (tx, event) => real.hold(tx, event),
  discard: (tx, event) => real.discard(tx, event),
  park: (tx, parking) => real.park(tx, parking),
  keep: (tx, record) => real.keep(tx, record),
  nextWaiting: (tx, orderId) => real.nextWaiting(tx, orderId),
  release: (tx, orderId) => real.release(tx, orderId),
  parkedOrders: (page) => real.parkedOrders(page),
  drainable: (limit) => real.drainable(limit),
});
