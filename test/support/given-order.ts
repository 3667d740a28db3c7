import * as E from 'fp-ts/lib/Either.js';
import { isNonEmpty } from 'fp-ts/lib/ReadonlyArray.js';
import { expect } from 'chai';
import type { OrderCommand } from '../../src/domain/order/commands.ts';
import { decide } from '../../src/domain/order/decide.ts';
import type { OrderError } from '../../src/domain/order/errors.ts';
import type { OrderEvent } from '../../src/domain/order/events/catalog.ts';
import { evolveAll } from '../../src/domain/order/evolve.ts';
import type { Order } from '../../src/domain/order/order.ts';
import { rightOf } from './decoded.ts';
import { events, histories, orderId } from './order-samples.ts';

interface WhenCommand {
  /** Exactly these events are raised. */
  then(...events: readonly OrderEvent[]): void;
  /** The command is refused with exactly this error. */
  thenRefused(error: OrderError): void;
}

/** The order after a history; undefined when nothing happened yet. */
export const orderAfter = (history: readonly OrderEvent[]): Order | undefined =>
  isNonEmpty(history) ? rightOf(evolveAll(orderId, undefined, history)) : undefined;

/** An order after each event of the samples, in every state in which that event can happen. */
export const ordersAfterEveryEvent = (): readonly {
  readonly history: readonly OrderEvent[];
  readonly order: Order;
}[] =>
  [[], ...Object.values(histories)].flatMap((before) =>
    Object.values(events).flatMap((event) => {
      const history: readonly OrderEvent[] = [...before, event];
      const after = isNonEmpty(history) ? evolveAll(orderId, undefined, history) : E.left(undefined);
      return E.isRight(after) ? [{ history, order: after.right }] : [];
    }),
  );

/** `given(what happened).when(command).then(what happens)`, for the order of the samples. */
export const given = (...history: readonly OrderEvent[]): { when(command: OrderCommand): WhenCommand } => ({
  when: (command) => {
    const decision = decide(command, orderAfter(history));
    return {
      then: (...events) => expect(decision).to.deep.equal(E.right(events)),
      thenRefused: (error) => expect(decision).to.deep.equal(E.left(error)),
    };
  },
});
