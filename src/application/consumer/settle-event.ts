import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { CallbackOutbox } from '../ports/consumer-callbacks.ts';
import type { IncomingEvent, ParkedRecord, RecordSource } from '../ports/consumed-record.ts';
import type { Baseline, Inbox, InboxState, Parking, ParkingCause } from '../ports/inbox.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import { decide } from './sequence.ts';
import type { Arrival, Decision } from './sequence.ts';
import type { DependencyUnavailable, HandlerFailed, Subscription } from './subscription.ts';

/** What became of a record, once its transaction has committed. */
export type Settled =
  | { readonly _tag: 'Applied'; readonly othersWait: boolean }
  | { readonly _tag: 'Duplicate' }
  | { readonly _tag: 'Held'; readonly because: 'gap' | 'parked' }
  | { readonly _tag: 'Parked'; readonly reason: string };

export type SettleError = HandlerFailed | DependencyUnavailable | UnitOfWorkError;

/** The first event seen of an order is not its first: whether that may be depends on the partition's log start. */
interface LogStartNeeded {
  readonly _tag: 'LogStartNeeded';
}
type UnitError = HandlerFailed | DependencyUnavailable | StorageUnavailable | LogStartNeeded;

interface Turn {
  readonly arrival: Arrival;
  readonly giveUp: string | undefined;
  readonly midStream: string | undefined;
  readonly logStartKnown: boolean;
}

export interface SettleEventDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly inbox: Inbox;
  readonly subscription: Subscription;
  readonly callbacks: Pick<CallbackOutbox, 'append'>;
  /** Oldest offset that the partition still holds. */
  readonly logStartOf: (source: RecordSource) => TaskEither<DependencyUnavailable, number>;
  /** Why the group began in the middle of the topic; undefined when it reads from the beginning. */
  readonly baseline: string | undefined;
}

const DUPLICATE: Settled = { _tag: 'Duplicate' };
const encoder = new TextEncoder();

const evidenceOf = (event: IncomingEvent, reason: string): ParkedRecord => ({
  source: event.source,
  reason,
  orderId: event.orderId,
  eventId: event.eventId,
  key: encoder.encode(event.orderId),
  value: encoder.encode(event.payload),
  headers: JSON.stringify({
    ce_id: event.eventId,
    ce_type: event.type,
    ce_sequence: event.sequence,
    version: event.version,
    ce_time: event.occurredAt,
    ...event.headers,
  }),
});

/**
 * One record, one transaction: inbox row, last sequence, effect and callback rows commit together or not at
 * all. Rerun after an unknown COMMIT it finds its own inbox row and is a duplicate.
 */
export class SettleEvent {
  constructor(private readonly deps: SettleEventDependencies) {}

  /** `giveUp` parks the order with that reason instead of running the handler once more. */
  settle(event: IncomingEvent, arrival: Arrival, giveUp?: string): TaskEither<SettleError, Settled> {
    const { baseline, logStartOf } = this.deps;
    const declared = baseline === undefined ? undefined : `the group declares a baseline: ${baseline}`;
    const attempt = (logStart: number | undefined): TaskEither<UnitError | UnitOfWorkError, Settled> => {
      const deleted = logStart !== undefined && logStart > 0 ? `the partition starts at offset ${logStart}` : undefined;
      const turn = { arrival, giveUp, midStream: declared ?? deleted, logStartKnown: logStart !== undefined };
      return this.unit(`apply ${event.type}`, (tx) => this.settleIn(tx, event, turn));
    };
    const notAskedAgain = (error: UnitError | UnitOfWorkError): TaskEither<SettleError, Settled> =>
      error._tag === 'LogStartNeeded' ? TE.right({ _tag: 'Held', because: 'gap' }) : TE.left(error);
    return pipe(
      attempt(undefined),
      TE.orElse((error): TaskEither<UnitError | UnitOfWorkError, Settled> =>
        error._tag === 'LogStartNeeded' ? pipe(logStartOf(event.source), TE.flatMap(attempt)) : TE.left(error),
      ),
      TE.orElse(notAskedAgain),
    );
  }

  /** Keeps a record that is no event as evidence, and parks its order when it says whose it is. */
  park(record: ParkedRecord): TaskEither<UnitOfWorkError, Settled> {
    return this.unit('park a record', (tx) => this.parkWithEvidence(tx, record, 'broken-record'));
  }

  private unit<E>(
    action: string,
    work: (tx: Transaction) => TaskEither<E, Settled>,
  ): TaskEither<E | UnitOfWorkError, Settled> {
    return this.deps.unitOfWork.run({ action, rerunAfterUnknownCommit: true }, work);
  }

  private settleIn(tx: Transaction, event: IncomingEvent, turn: Turn): TaskEither<UnitError, Settled> {
    return pipe(
      this.deps.inbox.stateFor(tx, event),
      TE.flatMap((state) => this.act(tx, event, turn, state, decide(state, event, turn.arrival, turn.midStream))),
    );
  }

  private act(
    tx: Transaction,
    event: IncomingEvent,
    turn: Turn,
    state: InboxState,
    decision: Decision,
  ): TaskEither<UnitError, Settled> {
    const { inbox } = this.deps;
    switch (decision._tag) {
      case 'Duplicate':
        return turn.arrival === 'stored' ? TE.map(() => DUPLICATE)(inbox.discard(tx, event)) : TE.right(DUPLICATE);
      case 'Hold': {
        const { because } = decision;
        const firstSeen = because === 'gap' && state.lastSequence === 0;
        if (firstSeen && !turn.logStartKnown) return TE.left({ _tag: 'LogStartNeeded' });
        return pipe(
          turn.arrival === 'topic' ? inbox.hold(tx, event) : TE.right(undefined),
          TE.map((): Settled => ({ _tag: 'Held', because })),
        );
      }
      case 'Violation':
        return pipe(
          turn.arrival === 'stored' ? inbox.discard(tx, event) : TE.right(undefined),
          TE.flatMap(() => this.parkWithEvidence(tx, evidenceOf(event, decision.reason), 'contradiction')),
        );
      case 'Apply':
        return turn.giveUp === undefined
          ? this.apply(tx, event, state, decision.baseline)
          : this.parkOn(tx, event, { cause: 'handler-failed', reason: turn.giveUp });
    }
  }

  private apply(
    tx: Transaction,
    event: IncomingEvent,
    state: InboxState,
    baseline: Baseline | undefined,
  ): TaskEither<UnitError, Settled> {
    const { inbox, subscription, callbacks } = this.deps;
    const note = (): TaskEither<UnitError, Settled> =>
      pipe(
        inbox.recordApplied(tx, event, baseline),
        TE.map((): Settled => ({ _tag: 'Applied', othersWait: state.othersWait })),
      );
    if (event.isSkip) return note();
    const prepared = subscription.prepare(event);
    return prepared._tag === 'Left'
      ? this.parkOn(tx, event, prepared.left)
      : pipe(
          prepared.right(tx),
          TE.flatMap((requested): TaskEither<UnitError, void> => callbacks.append(tx, requested)),
          TE.flatMap(note),
        );
  }

  /** The event itself is stored as the first of those that wait, so that reprocessing begins with it. */
  private parkOn(
    tx: Transaction,
    event: IncomingEvent,
    { cause, reason }: Pick<Parking, 'cause' | 'reason'>,
  ): TaskEither<StorageUnavailable, Settled> {
    const { inbox } = this.deps;
    return pipe(
      inbox.hold(tx, event),
      TE.flatMap(() => inbox.park(tx, { orderId: event.orderId, cause, reason, eventId: event.eventId })),
      TE.map((): Settled => ({ _tag: 'Parked', reason })),
    );
  }

  private parkWithEvidence(
    tx: Transaction,
    record: ParkedRecord,
    cause: ParkingCause,
  ): TaskEither<StorageUnavailable, Settled> {
    const { inbox } = this.deps;
    const { orderId, eventId, reason } = record;
    const parked: Settled = { _tag: 'Parked', reason };
    return pipe(
      // The order first: every unit takes its locks in that order.
      orderId === null ? TE.right(undefined) : inbox.lock(tx, orderId),
      TE.flatMap(() => inbox.keep(tx, record)),
      TE.flatMap((isNew): TaskEither<StorageUnavailable, Settled> => {
        if (!isNew) return TE.right(DUPLICATE);
        return orderId === null
          ? TE.right(parked)
          : TE.map(() => parked)(inbox.park(tx, { orderId, cause, reason, eventId }));
      }),
    );
  }
}
