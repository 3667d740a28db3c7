import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_HEADER_BYTES, decodeEnvelope, encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import type { Envelope, RawRecord } from '../../src/interfaces/contract/envelope.ts';
import { leftOf, rightOf } from '../support/decoded.ts';

const envelope: Envelope = {
  eventId: '0197e0f5-7c3b-7000-8000-000000000001',
  type: 'OrderPlaced',
  version: 1,
  orderId: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
  sequence: 1,
  occurredAt: '2026-01-31T09:30:00.000Z',
  payload: '{"a":"ü🍵"}',
  headers: { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
};

type HeaderValue = NonNullable<RawRecord['headers']>[string];

/** As a Kafka client hands it over: bytes. */
const rawOf = (one: Envelope): { key: Buffer; value: Buffer; headers: Record<string, Buffer> } => {
  const { key, value, headers } = encodeEnvelope(one);
  return {
    key: Buffer.from(key),
    value: Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
  };
};

const raw = rawOf(envelope);
const withHeaders = (headers: NonNullable<RawRecord['headers']>): RawRecord => ({
  ...raw,
  headers: { ...raw.headers, ...headers },
});
const without = (name: string): RawRecord => ({
  ...raw,
  headers: Object.fromEntries(Object.entries(raw.headers).filter(([each]) => each !== name)),
});

describe('a record of the topic', () => {
  it('is read as it was written', () => {
    expect(rightOf(decodeEnvelope(raw))).to.deep.equal(envelope);
  });

  it('is read whether the client gives texts or bytes', () => {
    const { key, value, headers } = encodeEnvelope(envelope);
    expect(rightOf(decodeEnvelope({ key: Buffer.from(key), value: Buffer.from(value), headers }))).to.deep.equal(
      envelope,
    );
  });

  it('survives the way for every sequence, payload and extra header', () => {
    const anyEnvelope = fc.record({
      eventId: fc.uuid(),
      type: fc.constantFrom('OrderPlaced', 'EventSkipped', 'X', 'OrderPaid2'),
      version: fc.integer({ min: 1, max: 65_535 }),
      orderId: fc.uuid(),
      sequence: fc.integer({ min: 1, max: 4_294_967_295 }),
      occurredAt: fc.constantFrom('2026-01-31T09:30:00.000Z', '2028-02-29T23:59:59.999999Z'),
      payload: fc.string({ unit: 'grapheme' }),
      headers: fc.dictionary(
        fc.string({ minLength: 1 }).filter((name) => !name.startsWith('ce_') && name !== 'content-type'),
        fc.string({ unit: 'grapheme' }),
      ),
    });
    fc.assert(
      fc.property(anyEnvelope, (one) => {
        const read = rightOf(decodeEnvelope(rawOf(one)));
        expect({ ...read, headers: Object.entries(read.headers) }).to.deep.equal({
          ...one,
          headers: Object.entries(one.headers),
        });
        expect(encodeEnvelope(read)).to.deep.equal(encodeEnvelope(one));
      }),
    );
  });

  it('keeps a byte order mark, so that its bytes stay the same', () => {
    const payload = '\ufeff{}';
    expect(rightOf(decodeEnvelope(rawOf({ ...envelope, payload }))).payload).to.equal(payload);
  });

  it('never lets an extra header replace one of the envelope', () => {
    const forged = { ...envelope, headers: { ce_id: 'forged', ce_sequence: '0000000099', extra: 'kept' } };
    expect(encodeEnvelope(forged).headers).to.include({
      ce_id: envelope.eventId,
      ce_sequence: '0000000001',
      extra: 'kept',
    });
  });

  it('leaves out extra headers that are given twice or are not UTF-8: they are not the contract’s', () => {
    const odd = withHeaders({ twice: ['a', 'b'], binary: Buffer.from([0xff]), traceparent: undefined });
    expect(rightOf(decodeEnvelope(odd)).headers).to.deep.equal({});
  });
});

describe('a record that breaks the contract is told by reason', () => {
  const notUtf8 = Buffer.from([0xc3, 0x28]);
  const list = 'is missing: it must be';
  const table: readonly (readonly [what: string, record: RawRecord, reason: string | RegExp])[] = [
    ['no key', { ...raw, key: null }, 'the record has no key'],
    ['a key of no UTF-8', { ...raw, key: notUtf8 }, 'the key is not UTF-8'],
    ['an empty key', { ...raw, key: Buffer.from('') }, 'the key is not an order ID'],
    ['a key that is no order ID', { ...raw, key: Buffer.from('42') }, 'the key is not an order ID'],
    [
      'the key of another order',
      { ...raw, key: Buffer.from('0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c11') },
      'header ce_subject differs from the key',
    ],
    ['no value', { ...raw, value: null }, 'the record has no value'],
    ['a value of no UTF-8', { ...raw, value: notUtf8 }, 'the value is not UTF-8'],
    [
      'no headers at all',
      { key: raw.key, value: raw.value },
      /^header ce_id is missing: .*; header content-type is missing/,
    ],
    ['no event ID', without('ce_id'), `header ce_id ${list} a UUID in lower case`],
    [
      'an event ID that is no UUID',
      withHeaders({ ce_id: '1' }),
      'header ce_id must be a UUID in lower case, but is "1"',
    ],
    [
      'two event IDs',
      withHeaders({ ce_id: [envelope.eventId, envelope.eventId] }),
      'header ce_id appears more than once',
    ],
    ['an event ID of no UTF-8', withHeaders({ ce_id: notUtf8 }), 'header ce_id is not UTF-8'],
    ['no type', without('ce_type'), `header ce_type ${list} an event type in PascalCase`],
    ['an empty type', withHeaders({ ce_type: '' }), 'header ce_type must be an event type in PascalCase, but is ""'],
    [
      'a very long type',
      withHeaders({ ce_type: 'T'.repeat(10_000) }),
      'header ce_type must be an event type in PascalCase, but is a text of 10000 characters',
    ],
    [
      'another CloudEvents version',
      withHeaders({ ce_specversion: '0.3' }),
      'header ce_specversion must be "1.0", but is "0.3"',
    ],
    [
      'another source',
      withHeaders({ ce_source: '/elsewhere' }),
      'header ce_source must be "/orderly/orders", but is "/elsewhere"',
    ],
    [
      'a subject that is another order',
      withHeaders({ ce_subject: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c11' }),
      'header ce_subject differs from the key',
    ],
    [
      'a partition key that is another order',
      withHeaders({ ce_partitionkey: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c11' }),
      'header ce_partitionkey differs from the key',
    ],
    ...['', '1', '0000000000', '-000000001', '00000000001', '000000001x', '1e00000000'].map(
      (sequence) =>
        [
          `sequence "${sequence}"`,
          withHeaders({ ce_sequence: sequence }),
          `header ce_sequence must be a sequence from 1, in ten digits, but is "${sequence}"`,
        ] as const,
    ),
    ...['yesterday', '2026-01-31', '2026-02-30T00:00:00Z', '2026-01-31T09:30:00+01:00'].map(
      (time) =>
        [
          `time "${time}"`,
          withHeaders({ ce_time: time }),
          `header ce_time must be a UTC time, such as 2026-01-31T09:30:00.000Z, but is "${time}"`,
        ] as const,
    ),
    [
      'a schema of another type',
      withHeaders({ ce_dataschema: 'urn:orderly:order-paid:1' }),
      'header ce_dataschema names another type',
    ],
    ...[
      'order-placed',
      'urn:orderly:order-placed:0',
      'urn:orderly:order-placed:01',
      'urn:orderly:order-placed:1e1',
    ].map(
      (schema) =>
        [`schema "${schema}"`, withHeaders({ ce_dataschema: schema }), /^header ce_dataschema must be /] as const,
    ),
    [
      'a body that is no JSON',
      withHeaders({ 'content-type': 'text/plain' }),
      'header content-type must be "application/json", but is "text/plain"',
    ],
    [
      'huge headers',
      withHeaders({ huge: Buffer.alloc(MAX_HEADER_BYTES) }),
      /^the headers take \d+ bytes, more than 65536$/,
    ],
    [
      'a great many headers',
      withHeaders(Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`header-${index}`, '']))),
      /^the headers take \d+ bytes/,
    ],
  ];
  for (const [what, record, reason] of table) {
    it(`given ${what}`, () => {
      const violation = leftOf(decodeEnvelope(record));
      expect(violation._tag).to.equal('ContractViolation');
      if (typeof reason === 'string') expect(violation.reason).to.equal(reason);
      else expect(violation.reason).to.match(reason);
    });
  }

  it('still tells order and event when these are well formed', () => {
    const violation = leftOf(decodeEnvelope({ ...raw, value: null }));
    expect(violation).to.include({ orderId: envelope.orderId, eventId: envelope.eventId });
  });

  it('tells no order and no event from what only looks like one', () => {
    const broken = { ...withHeaders({ ce_id: 'x'.repeat(5_000) }), key: Buffer.from('x'.repeat(5_000)) };
    expect(leftOf(decodeEnvelope(broken))).to.include({ orderId: undefined, eventId: undefined });
  });

  it('never throws, whatever the bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each));
    const names = fc.constantFrom(...Object.keys(raw.headers), '__proto__', 'constructor');
    const anyRecord = fc.record({
      key: fc.oneof(fc.constant(raw.key), fc.constant(null), bytes),
      value: fc.oneof(fc.constant(raw.value), fc.constant(null), bytes),
      headers: fc
        .array(fc.tuple(names, fc.oneof(bytes, fc.string(), fc.array(bytes), fc.constant(undefined))))
        .map((changed) => new Map<string, HeaderValue>([...Object.entries(raw.headers), ...changed])),
    });
    fc.assert(
      fc.property(anyRecord, ({ headers, ...rest }) => {
        const record: RawRecord = { ...rest, headers: Object.fromEntries(headers) };
        expect(E.isLeft(decodeEnvelope(record)) || E.isRight(decodeEnvelope(record))).to.equal(true);
      }),
    );
  });
});
