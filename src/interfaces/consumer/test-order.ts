import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { catalog } from '../../domain/order/events/catalog.ts';
import type { OrderEventPayload, OrderEventType } from '../contract/order-events.ts';
import type { Envelope } from '../contract/envelope.ts';
import { encodeEventSkipped } from '../contract/event-skipped.ts';
import { exampleOf } from '../contract/example-of.ts';
import { problemText, validationProblems } from '../contract/validation-errors.ts';

/** A value as it is written in a test: texts and numbers need not have passed a codec yet. */
export type Plain<A> = A extends string
  ? string
  : A extends number
    ? number
    : A extends boolean | null
      ? A
      : A extends readonly (infer Item)[]
        ? readonly Plain<Item>[]
        : { readonly [Key in keyof A]: Plain<A[Key]> };

/** An event as it stands on the topic. Spread it to change what a test needs otherwise: `{ ...event, version: 9 }`. */
export type TestEvent = Envelope;

const OCCURRED_AT = '2026-01-31T09:30:00.000Z';

/** The events of one order in a test, numbered as they are made. One that is made and not given is a gap. */
export class TestOrder {
  private sequence = 0;

  /** Lower-case UUID. */
  constructor(readonly orderId: string = randomUUID()) {}

  /** The next event: fields that are not given have the contract's examples. @throws TypeError when one is not valid. */
  next<Type extends OrderEventType>(type: Type, fields: Partial<Plain<OrderEventPayload[Type]>> = {}): TestEvent {
    const { version, payload } = catalog[type];
    const decoded = payload.decode({ ...Object(exampleOf(payload)), ...fields });
    if (E.isLeft(decoded)) {
      const problems = validationProblems(decoded.left).map((problem) => problemText(problem, 'the payload'));
      throw new TypeError(`no valid ${type}: ${problems.join('; ')}`);
    }
    return this.envelope({ type, version, payload: JSON.stringify(decoded.right) });
  }

  /** What stands in the place of the next event, an operator having given that up. */
  skip(skippedType: OrderEventType, reason = 'given up'): TestEvent {
    return this.envelope(encodeEventSkipped({ skippedEventId: randomUUID(), skippedType, reason }));
  }

  private envelope(encoded: Pick<Envelope, 'type' | 'version' | 'payload'>): TestEvent {
    this.sequence += 1;
    const { orderId, sequence } = this;
    return { ...encoded, eventId: randomUUID(), orderId, sequence, occurredAt: OCCURRED_AT, headers: {} };
  }
}
