import type * as t from 'io-ts';
import type { Instant } from './instant.ts';

/**
 * The definition of one domain event: its name on the wire, the version written today, the codec of
 * today's payload, and how each older version is brought up to the next one.
 *
 * A payload is plain JSON: every codec in it encodes to the value it holds.
 */
export interface EventDefinition<Type extends string, Payload> {
  /** Name on the wire (`ce_type`), PascalCase, past tense. Never changes once released. */
  readonly type: Type;
  /** Version written today, counted from 1. */
  readonly version: number;
  /** One line for people: what happened. */
  readonly summary: string;
  readonly payload: t.Type<Payload, unknown>;
  /**
   * `upcasts[n]` turns a payload of version n into one of version n + 1, for every n below `version`. It may throw
   * on a payload that never was a valid version n; what it returns is checked by `payload` in the end.
   */
  readonly upcasts: Readonly<Record<number, (older: unknown) => unknown>>;
}

/** One thing that happened, at `occurredAt` by the service's clock. */
export interface DomainEvent<Type extends string, Payload> {
  readonly type: Type;
  readonly occurredAt: Instant;
  readonly payload: Payload;
}

export const defineEvent = <Type extends string, Payload>(
  definition: EventDefinition<Type, Payload>,
): EventDefinition<Type, Payload> => definition;
