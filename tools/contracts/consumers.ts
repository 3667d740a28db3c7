import { ignore } from '../../src/consumer-kit.ts';
import type { ConsumerDefinition } from '../../src/consumer-kit.ts';
import { paymentConsumer } from '../../simulator/participants/payment/payment.ts';
import { shippingConsumer } from '../../simulator/participants/shipping/shipping.ts';

/** The consumers that are known here, as they are run. */
export const consumerDefinitions: readonly ConsumerDefinition[] = [
  paymentConsumer({ declineRatio: 0, handlingDelayMs: 0 }),
  shippingConsumer({ handlingDelayMs: 0 }),
];

/** What a consumer does about each type of event, by its own map of handlers. */
export interface KnownConsumer {
  readonly name: string;
  readonly handles: ReadonlySet<string>;
}

export const knownConsumers: readonly KnownConsumer[] = consumerDefinitions.map(({ name, handlers }) => ({
  name,
  handles: new Set(Object.entries(handlers).flatMap(([type, handler]) => (handler === ignore ? [] : [type]))),
}));

export const consumersOf = (type: string, consumers = knownConsumers): readonly string[] =>
  consumers.filter(({ handles }) => handles.has(type)).map(({ name }) => name);
