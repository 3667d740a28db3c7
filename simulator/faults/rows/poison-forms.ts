import type { Seeded } from '../../workload/seeded.ts';

/** One record that breaks the contract of the topic. */
export interface PoisonRecord {
  /** What is wrong with it, for the person watching. */
  readonly flaw: string;
  readonly key: string | null;
  readonly value: Buffer | string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** An event that every consumer has applied, so that records which contradict it hurt no order that is under way. */
export interface SettledEvent {
  readonly eventId: string;
  readonly orderId: string;
  readonly occurredAt: string;
  readonly payload: string;
}

const HUGE_HEADER_BYTES = 70_000;

const headersOf = (eventId: string, orderId: string, sequence = 1): Readonly<Record<string, string>> => ({
  ce_id: eventId,
  ce_type: 'OrderPlaced',
  ce_source: '/orderly/orders',
  ce_specversion: '1.0',
  ce_time: '2026-01-31T09:30:00.000Z',
  ce_subject: orderId,
  ce_partitionkey: orderId,
  ce_sequence: String(sequence).padStart(10, '0'),
  ce_dataschema: 'urn:orderly:order-placed:1',
  'content-type': 'application/json',
});

/** Each is about an order of its own that does not exist, so that no real one is parked for it. */
export const strangers = (random: Seeded, { payload }: Pick<SettledEvent, 'payload'>): readonly PoisonRecord[] => {
  const stranger = (
    flaw: string,
    change: Partial<PoisonRecord> = {},
    headers: Readonly<Record<string, string>> = {},
    sequence = 1,
  ): PoisonRecord => {
    const orderId = random.uuid();
    return {
      flaw,
      key: orderId,
      value: payload,
      ...change,
      headers: { ...headersOf(random.uuid(), orderId, sequence), ...headers },
    };
  };
  const nameless = random.uuid();
  const withoutId = Object.fromEntries(
    Object.entries(headersOf(random.uuid(), nameless)).filter(([name]) => name !== 'ce_id'),
  );
  return [
    stranger('no value', { value: null }),
    stranger('no key', { key: null }),
    stranger('a key that is no order ID', { key: 'not-an-order' }),
    stranger('a key that is not the order it is about', { key: random.uuid() }),
    stranger('a value that is not UTF-8', { value: Buffer.from([0xff, 0xfe, 0x7b]) }),
    stranger('a value that is not JSON', { value: '{"customerId":' }),
    stranger('a value of another shape', { value: '{"__proto__":1}' }),
    stranger('an unknown type', {}, { ce_type: 'OrderTeleported', ce_dataschema: 'urn:orderly:order-teleported:1' }),
    stranger('an unknown version', {}, { ce_dataschema: 'urn:orderly:order-placed:999' }),
    stranger('a sequence that is no number', {}, { ce_sequence: 'first' }),
    stranger('huge headers', {}, { padding: 'x'.repeat(HUGE_HEADER_BYTES) }),
    { flaw: 'no event ID', key: nameless, value: payload, headers: withoutId },
    stranger('a gap', {}, {}, 5),
  ];
};

/** Two lies about events that are settled: the same ID with other content, and a sequence that was there before. */
export const contradictions = (random: Seeded, [first, second]: readonly [SettledEvent, SettledEvent]) =>
  [
    {
      flaw: 'a known event ID with another payload',
      key: first.orderId,
      value: first.payload.replace(/"customerId":\s*"[^"]*"/, '"customerId":"somebody-else"'),
      headers: { ...headersOf(first.eventId, first.orderId), ce_time: first.occurredAt },
    },
    {
      flaw: 'a rewind of the sequence',
      key: second.orderId,
      value: second.payload,
      headers: headersOf(random.uuid(), second.orderId),
    },
  ] satisfies readonly PoisonRecord[];
