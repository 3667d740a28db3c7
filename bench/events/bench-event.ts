/** The events that every system under measurement publishes: the same bytes for the same number. */
export interface BenchEvent {
  readonly eventId: string;
  readonly orderKey: string;
  /** Contiguous from 1 per order. */
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  /** RFC 3339 UTC. */
  readonly occurredAt: string;
  /** JSON of exactly `PAYLOAD_BYTES` bytes. */
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const PAYLOAD_BYTES = 400;
export const EVENTS_PER_ORDER = 10;
/** Orders whose events lie mixed among each other, as they do in a shop. */
export const ORDERS_AT_ONCE = 100;

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
/** Spreads neighbours over all lanes and over the index of event IDs within their millisecond, as UUIDv7 does. */
const scattered = (n: number): number => Math.imul(n + 1, 0x9e3779b1) >>> 0;
const uuidV7 = (kind: number, n: number): string =>
  `0197e0f5-${hex(0x7000 + (n >>> 16), 4)}-7${hex(kind, 3)}-8${hex(n & 0xfff, 3)}-${hex(n, 4).slice(-4)}${hex(scattered(n), 8)}`;

const payloadOf = (orderKey: string, sequence: number): string => {
  const start = `{"orderId":"${orderKey}","position":${sequence},"note":"`;
  return `${start}${'n'.repeat(PAYLOAD_BYTES - start.length - 2)}"}`;
};

/** Event number `index`, from 0. Events of one order come in the order of their sequences. */
export const benchEvent = (index: number): BenchEvent => {
  const perBlock = ORDERS_AT_ONCE * EVENTS_PER_ORDER;
  const within = index % perBlock;
  const order = Math.floor(index / perBlock) * ORDERS_AT_ONCE + (within % ORDERS_AT_ONCE);
  const sequence = Math.floor(within / ORDERS_AT_ONCE) + 1;
  const orderKey = uuidV7(1, order);
  return {
    eventId: uuidV7(2, index),
    orderKey,
    sequence,
    type: 'OrderNoteAdded',
    version: 1,
    occurredAt: '2026-01-31T09:30:00.000Z',
    payload: payloadOf(orderKey, sequence),
    headers: { traceparent: `00-${hex(index, 32)}-${hex(index + 1, 16)}-01` },
  };
};
