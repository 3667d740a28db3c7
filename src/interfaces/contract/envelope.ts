import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';

/**
 * One event on the topic: CloudEvents 1.0, Kafka binding, binary mode. Key: the order ID. Value: the payload
 * as JSON. Everything else is a header.
 */
export interface Envelope {
  /** `ce_id`, UUIDv7. Two records with the same ID are the same event. */
  readonly eventId: string;
  /** `ce_type`. */
  readonly type: string;
  /** Version of the payload, from `ce_dataschema`. */
  readonly version: number;
  /** Record key, `ce_subject` and `ce_partitionkey`. */
  readonly orderId: string;
  /** `ce_sequence`: contiguous from 1 per order, ten digits on the wire so that it sorts as text. */
  readonly sequence: number;
  /** `ce_time`, RFC 3339 UTC. */
  readonly occurredAt: string;
  /** JSON text. */
  readonly payload: string;
  /** Headers that are none of the above, e.g. `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A Kafka record as a client library hands it over. */
export interface RawRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, Buffer | string | readonly (Buffer | string)[] | undefined>>;
}

/** Why a record on the topic breaks the contract. `orderId` is there when it could still be read. */
export interface ContractViolation {
  readonly _tag: 'ContractViolation';
  readonly reason: string;
  readonly orderId: string | undefined;
  readonly eventId: string | undefined;
}

export const CE_SOURCE = '/orderly/orders';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const SEQUENCE = /^\d{10}$/;
const OWN_HEADERS = new Set([
  'ce_id',
  'ce_type',
  'ce_source',
  'ce_specversion',
  'ce_time',
  'ce_subject',
  'ce_partitionkey',
  'ce_sequence',
  'ce_dataschema',
  'content-type',
]);

const kebab = (type: string): string => type.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

/** `urn:orderly:order-placed:1` */
export const dataSchemaOf = (type: string, version: number): string => `urn:orderly:${kebab(type)}:${version}`;

/** The same envelope always gives the same bytes, so that a resent event equals its first appearance. */
export const encodeEnvelope = (
  envelope: Envelope,
): { readonly key: string; readonly value: string; readonly headers: Record<string, string> } => ({
  key: envelope.orderId,
  value: envelope.payload,
  headers: {
    ce_id: envelope.eventId,
    ce_type: envelope.type,
    ce_source: CE_SOURCE,
    ce_specversion: '1.0',
    ce_time: envelope.occurredAt,
    ce_subject: envelope.orderId,
    ce_partitionkey: envelope.orderId,
    ce_sequence: String(envelope.sequence).padStart(10, '0'),
    ce_dataschema: dataSchemaOf(envelope.type, envelope.version),
    'content-type': 'application/json',
    ...envelope.headers,
  },
});

const utf8 = new TextDecoder('utf-8', { fatal: true });
const textOf = (bytes: Buffer | string): string | undefined => {
  if (typeof bytes === 'string') return bytes;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

/** Checks everything the contract says about a record but the payload's own schema. */
export const decodeEnvelope = (record: RawRecord): Either<ContractViolation, Envelope> => {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(record.headers ?? {})) {
    const first = Array.isArray(value) ? undefined : (value as Buffer | string | undefined);
    const text = first === undefined ? undefined : textOf(first);
    if (text !== undefined) headers[name] = text;
  }
  const orderId = record.key === null ? undefined : textOf(record.key);
  const eventId = headers['ce_id'];
  const violation = (reason: string): Either<ContractViolation, Envelope> =>
    E.left({ _tag: 'ContractViolation', reason, orderId, eventId });

  if (record.key === null) return violation('the record has no key');
  if (orderId === undefined) return violation('the key is not UTF-8');
  if (!UUID.test(orderId)) return violation('the key is not an order ID');
  if (eventId === undefined || !UUID.test(eventId)) return violation('header ce_id is missing or not a UUID');
  if (headers['ce_specversion'] !== '1.0') return violation('header ce_specversion is not 1.0');
  if (headers['ce_subject'] !== orderId) return violation('header ce_subject differs from the key');
  const type = headers['ce_type'];
  if (type === undefined || type === '') return violation('header ce_type is missing');
  const sequenceText = headers['ce_sequence'];
  if (sequenceText === undefined || !SEQUENCE.test(sequenceText) || Number(sequenceText) < 1)
    return violation('header ce_sequence is missing or not ten digits from 1');
  const schema = headers['ce_dataschema'] ?? '';
  const version = Number(schema.slice(schema.lastIndexOf(':') + 1));
  if (!Number.isInteger(version) || version < 1 || schema !== dataSchemaOf(type, version))
    return violation('header ce_dataschema is missing or names another type');
  const occurredAt = headers['ce_time'];
  if (occurredAt === undefined || Number.isNaN(Date.parse(occurredAt)))
    return violation('header ce_time is missing or not a time');
  if (record.value === null) return violation('the record has no value');
  const payload = textOf(record.value);
  if (payload === undefined) return violation('the value is not UTF-8');

  return E.right({
    eventId,
    type,
    version,
    orderId,
    sequence: Number(sequenceText),
    occurredAt,
    payload,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN_HEADERS.has(name))),
  });
};
