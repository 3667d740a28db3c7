import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Option } from 'fp-ts/lib/Option.js';
import type { ReadonlyNonEmptyArray } from 'fp-ts/lib/ReadonlyNonEmptyArray.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { OrderCommand } from '../../domain/order/commands.ts';
import { decide } from '../../domain/order/decide.ts';
import type { OrderError } from '../../domain/order/errors.ts';
import type { OrderEvent } from '../../domain/order/events/catalog.ts';
import { encodeEvent } from '../../domain/order/events/codec.ts';
import { evolveAll } from '../../domain/order/evolve.ts';
import type { EventDoesNotApply } from '../../domain/order/evolve.ts';
import type {
  IdempotencyKey,
  IdempotencyKeyBusy,
  IdempotencyKeyReused,
  IdempotencyKeys,
} from '../ports/idempotency-keys.ts';
import type { Ids } from '../ports/ids.ts';
import type { OrderStore, StaleVersion, VersionedOrder } from '../ports/order-store.ts';
import type { EventTooLarge, Outbox, OutboxEvent } from '../ports/outbox.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import type { WakeUp } from '../ports/wake-up.ts';

export interface OrderCommandRequest {
  readonly command: OrderCommand;
  /** The version the client has seen, when it insists on it. */
  readonly expectedVersion: number | undefined;
  readonly idempotency: IdempotencyKey;
  /** Headers to travel with the events, e.g. `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The answer for the client, stored with the order and replayed byte for byte. Pure. */
  readonly present: (saved: VersionedOrder) => string;
}

export interface OrderCommandAnswer {
  readonly answer: string;
  /** True when this request had succeeded before; nothing was done now. */
  readonly replayed: boolean;
}

export type HandleOrderCommandError =
  | OrderError
  | EventDoesNotApply
  | StaleVersion
  | EventTooLarge
  | IdempotencyKeyReused
  | IdempotencyKeyBusy
  | UnitOfWorkError;

export interface HandleOrderCommandPorts {
  readonly unitOfWork: UnitOfWork;
  readonly orders: OrderStore;
  readonly outbox: Outbox;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly ids: Ids;
  readonly wakeUp: WakeUp;
}

/** How often a request that names no version is run again because another one changed the order meanwhile. */
const STALE_RERUNS = 10;

interface Transition {
  readonly events: ReadonlyNonEmptyArray<OrderEvent>;
  /** 0: no order yet. */
  readonly from: number;
  readonly to: VersionedOrder;
}

/**
 * What the command makes of the order. A version the client insists on is judged before the order's state, but
 * after its existence (RFC 9110, 13.2.1).
 */
const transition = (
  { command, expectedVersion }: OrderCommandRequest,
  loaded: Option<VersionedOrder>,
): Either<OrderError | EventDoesNotApply | StaleVersion, Transition> => {
  const { orderId } = command;
  const current = O.toUndefined(loaded);
  const from = current?.version ?? 0;
  const decision = decide(command, current?.order);
  const missing = E.isLeft(decision) && decision.left._tag === 'OrderNotFound';
  if (!missing && expectedVersion !== undefined && expectedVersion !== from)
    return E.left({ _tag: 'StaleVersion', orderId, expected: expectedVersion });
  return pipe(
    decision,
    E.bindTo('events'),
    E.bindW('order', ({ events }) => evolveAll(orderId, current?.order, events)),
    E.map(({ events, order }) => ({ events, from, to: { order, version: from + events.length } })),
  );
};

/**
 * Handles every order command: claims the idempotency key, then loads, decides, evolves, saves with the version it
 * read, appends the events to the outbox and stores the answer, all in one unit of work. The events are numbered with
 * the order's versions, so a number is taken once and none is left out.
 *
 * Right: committed, or committed by an earlier send of the same request. Left: this call wrote nothing, unless it is
 * `CommitOutcomeUnknown`; then the same request may be sent again.
 */
export class HandleOrderCommand {
  constructor(private readonly ports: HandleOrderCommandPorts) {}

  handle(request: OrderCommandRequest): TaskEither<HandleOrderCommandError, OrderCommandAnswer> {
    return pipe(
      this.runUntilCurrent(request, STALE_RERUNS),
      // Rung for a replay too: the call that committed may have died before it could. Its order may be another one.
      TE.tapIO(({ replayed }) => () => {
        this.ports.wakeUp.ring(replayed ? undefined : request.command.orderId);
      }),
    );
  }

  private runUntilCurrent(
    request: OrderCommandRequest,
    rerunsLeft: number,
  ): TaskEither<HandleOrderCommandError, OrderCommandAnswer> {
    const mayRerun = request.expectedVersion === undefined && rerunsLeft > 0;
    return pipe(
      this.ports.unitOfWork.run({ action: `handle ${request.command.type}`, rerunAfterUnknownCommit: true }, (tx) =>
        this.once(tx, request),
      ),
      TE.orElse((error) =>
        error._tag === 'StaleVersion' && mayRerun ? this.runUntilCurrent(request, rerunsLeft - 1) : TE.left(error),
      ),
    );
  }

  private once(tx: Transaction, request: OrderCommandRequest): TaskEither<HandleOrderCommandError, OrderCommandAnswer> {
    return pipe(
      this.ports.idempotencyKeys.claim(tx, request.idempotency),
      TE.flatMap((claim): TaskEither<HandleOrderCommandError, OrderCommandAnswer> =>
        claim._tag === 'Replay' ? TE.right({ answer: claim.answer, replayed: true }) : this.perform(tx, request),
      ),
    );
  }

  private perform(
    tx: Transaction,
    request: OrderCommandRequest,
  ): TaskEither<HandleOrderCommandError, OrderCommandAnswer> {
    const { orders, outbox, idempotencyKeys } = this.ports;
    return pipe(
      orders.load(tx, request.command.orderId),
      TE.flatMapEither((loaded) => transition(request, loaded)),
      TE.tap(({ to, from }) => orders.save(tx, to, from)),
      TE.tap((done) => outbox.append(tx, this.outboxEvents(request, done))),
      TE.map(({ to }) => request.present(to)),
      TE.tap((answer) => idempotencyKeys.storeAnswer(tx, request.idempotency, answer)),
      TE.map((answer) => ({ answer, replayed: false })),
    );
  }

  private outboxEvents({ command, headers }: OrderCommandRequest, { events, from }: Transition): OutboxEvent[] {
    return events.map((event, index) => ({
      ...encodeEvent(event),
      eventId: this.ports.ids.next(),
      orderKey: command.orderId,
      sequence: from + index + 1,
      headers,
    }));
  }
}
