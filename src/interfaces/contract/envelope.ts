import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { CE_SOURCE, EnvelopeHeaders, dataSchemaOf, isUuid, versionOf } from './envelope-headers.ts';
import type { EnvelopeHeadersCodec } from './envelope-headers.ts';
import { problemText, validationProblems } from './validation-errors.ts';

export { CE_SOURCE, dataSchemaOf, envelopeHeadersOf } from './envelope-headers.ts';

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

type HeaderValues = readonly (Buffer | string)[];
type RawHeaders = Readonly<Record<string, Buffer | string | HeaderValues | undefined>>;

/** A Kafka record as a client library hands it over. */
export interface RawRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: RawHeaders;
}

/** Why a record on the topic breaks the contract. `orderId` and `eventId` are there when they are well formed. */
export interface ContractViolation {
  readonly _tag: 'ContractViolation';
  readonly reason: string;
  readonly orderId: string | undefined;
  readonly eventId: string | undefined;
}

/** Of all headers of one record. Ours take well under 2 KB. */
export const MAX_HEADER_BYTES = 65_536;

const isOwnHeader = (name: string): boolean => Object.hasOwn(EnvelopeHeaders.type.type.props, name);

/** Schemas by type and version, of what this service publishes: as few as there are kinds of events. */
const schemas = new Map<string, string>();
const schemaOf = (type: string, version: number): string => {
  const name = `${type} ${version}`;
  const known = schemas.get(name);
  if (known !== undefined) return known;
  const schema = dataSchemaOf(type, version);
  schemas.set(name, schema);
  return schema;
};

/**
 * The same envelope always gives the same bytes, so that a resent event equals its first appearance. Extra headers
 * never replace the envelope's own. `source` is that of the order events unless another aggregate publishes. Called for
 * every event that is published, so it makes as little as it can.
 */
export const encodeEnvelope = (
  envelope: Envelope,
  source = CE_SOURCE,
): { readonly key: string; readonly value: string; readonly headers: Record<string, string> } => {
  const own: EnvelopeHeaders = {
    ce_id: envelope.eventId,
    ce_type: envelope.type,
    ce_source: source,
    ce_specversion: '1.0',
    ce_time: envelope.occurredAt,
    ce_subject: envelope.orderId,
    ce_partitionkey: envelope.orderId,
    ce_sequence: String(envelope.sequence).padStart(10, '0'),
    ce_dataschema: schemaOf(envelope.type, envelope.version),
    'content-type': 'application/json',
  };
  const headers: Record<string, string> = own;
  for (const [name, value] of Object.entries(envelope.headers))
    // `__proto__` would not become a header when it is assigned.
    if (name === '__proto__') Object.defineProperty(headers, name, { value, enumerable: true });
    else if (!isOwnHeader(name)) headers[name] = value;
  return { key: envelope.orderId, value: envelope.payload, headers };
};

// A byte order mark is kept, so that the text stands for exactly these bytes.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const textOf = (bytes: Buffer | string): string | undefined => {
  if (typeof bytes === 'string') return bytes;
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
};

const valuesOf = (value: RawHeaders[string]): HeaderValues => {
  if (value === undefined) return [];
  return typeof value === 'string' || Buffer.isBuffer(value) ? [value] : value;
};

/** Names and values of all headers of one record, bytes. */
export const headerBytes = (headers: RawHeaders): number =>
  Object.entries(headers).reduce(
    (sum, [name, value]) =>
      valuesOf(value).reduce((inner, one) => inner + Buffer.byteLength(name) + Buffer.byteLength(one), sum),
    0,
  );

/** Headers given once and in UTF-8. Of others, ours are told as a reason; the rest are none of the contract's. */
const textHeaders = (headers: RawHeaders): Either<string, Readonly<Record<string, string>>> => {
  const texts = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const [first, ...others] = valuesOf(value);
    const text = first === undefined || others.length > 0 ? undefined : textOf(first);
    if (text !== undefined) texts.set(name, text);
    else if (others.length > 0 && isOwnHeader(name)) return E.left(`header ${name} appears more than once`);
    else if (first !== undefined && isOwnHeader(name)) return E.left(`header ${name} is not UTF-8`);
  }
  return E.right(Object.fromEntries(texts));
};

const readEnvelope = (
  { key, value, headers: raw = {} }: RawRecord,
  headers: EnvelopeHeadersCodec,
): Either<string, Envelope> => {
  const bytes = headerBytes(raw);
  if (bytes > MAX_HEADER_BYTES) return E.left(`the headers take ${bytes} bytes, more than ${MAX_HEADER_BYTES}`);
  if (key === null) return E.left('the record has no key');
  const orderId = textOf(key);
  if (orderId === undefined) return E.left('the key is not UTF-8');
  if (!isUuid(orderId)) return E.left('the key is not an order ID');

  const texts = textHeaders(raw);
  if (E.isLeft(texts)) return texts;
  const checked = headers.decode(texts.right);
  if (E.isLeft(checked))
    return E.left(
      validationProblems(checked.left)
        .map((problem) => `header ${problemText(problem, 'list')}`)
        .join('; '),
    );
  const own = checked.right;
  const version = versionOf(own.ce_dataschema);
  if (own.ce_subject !== orderId) return E.left('header ce_subject differs from the key');
  if (own.ce_partitionkey !== orderId) return E.left('header ce_partitionkey differs from the key');
  if (own.ce_dataschema !== dataSchemaOf(own.ce_type, version))
    return E.left('header ce_dataschema names another type');

  if (value === null) return E.left('the record has no value');
  const payload = textOf(value);
  if (payload === undefined) return E.left('the value is not UTF-8');

  return E.right({
    eventId: own.ce_id,
    type: own.ce_type,
    version,
    orderId,
    sequence: Number(own.ce_sequence),
    occurredAt: own.ce_time,
    payload,
    headers: Object.fromEntries(Object.entries(texts.right).filter(([name]) => !isOwnHeader(name))),
  });
};

const uuidIn = (value: HeaderValues[number] | undefined): string | undefined => {
  const text = value === undefined ? undefined : textOf(value);
  return text !== undefined && isUuid(text) ? text : undefined;
};

/**
 * Checks everything the contract says about a record but the payload's own schema. `headers` are those of the order
 * events unless another aggregate is read (see `envelopeHeadersOf`).
 */
export const decodeEnvelope = (
  record: RawRecord,
  headers: EnvelopeHeadersCodec = EnvelopeHeaders,
): Either<ContractViolation, Envelope> =>
  E.mapLeft((reason: string): ContractViolation => ({
    _tag: 'ContractViolation',
    reason,
    orderId: uuidIn(record.key ?? undefined),
    eventId: uuidIn(valuesOf(record.headers?.['ce_id'])[0]),
  }))(readEnvelope(record, headers));
