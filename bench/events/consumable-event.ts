import { benchEvent, PAYLOAD_BYTES, type BenchEvent } from './bench-event.ts';

const placed = (customerId: string): string =>
  JSON.stringify({
    customerId,
    lines: Array.from({ length: 3 }, (_, line) => ({
      sku: `TEA-GREEN-100G-${line}`,
      quantity: 2,
      unitPrice: { amountMinor: 1_250, currency: 'EUR' },
    })),
    total: { amountMinor: 7_500, currency: 'EUR' },
  });

const padding = PAYLOAD_BYTES - placed('').length;

/**
 * Event number `index` as one that consumers take: the same order, sequence and size, with a payload of the contract. That an
 * order is placed ten times is nothing to the kit, which knows order and repetition but not what the events mean.
 */
export const consumableEvent = (index: number): BenchEvent => ({
  ...benchEvent(index),
  type: 'OrderPlaced',
  payload: placed('c'.repeat(padding)),
});
