import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';
import { encodeEnvelope } from '../../../src/interfaces/contract/envelope.ts';
import type { Envelope } from '../../../src/interfaces/contract/envelope.ts';

/** A record as a producer takes it; anything may be wrong with it. */
export interface RawMessage {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers: Readonly<Record<string, string | Buffer>>;
}

const amount = { amountMinor: 4_200, currency: 'EUR' };
const payloads = {
  OrderPlaced: { customerId: 'c-1', lines: [{ sku: 'tea', quantity: 1, unitPrice: amount }], total: amount },
  OrderPaid: { paymentReference: 'pay-1', amount },
  OrderShipped: { carrier: 'Swift Parcel', trackingNumber: 'trk-1' },
  OrderDelivered: { receivedBy: 'the front desk' },
  OrderCancelled: { reason: 'changed their mind', refundDue: amount },
} as const;
type Type = keyof typeof payloads;

export const envelope = (orderId: string, sequence: number, type: Type, more: Partial<Envelope> = {}): Envelope => ({
  eventId: randomUUID(),
  type,
  version: 1,
  orderId,
  sequence,
  occurredAt: '2026-01-31T09:30:00.123Z',
  payload: JSON.stringify(payloads[type]),
  headers: {},
  ...more,
});

/** Placed, paid, shipped, delivered. */
export const lifeOf = (orderId: string): readonly Envelope[] =>
  (['OrderPlaced', 'OrderPaid', 'OrderShipped', 'OrderDelivered'] as const).map((type, index) =>
    envelope(orderId, index + 1, type),
  );

export const newOrderId = (): string => v7();
export const asMessage = (event: Envelope): RawMessage => encodeEnvelope(event);
export const asMessages = (events: readonly Envelope[]): readonly RawMessage[] => events.map(asMessage);
