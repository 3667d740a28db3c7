import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { KafkaMessage } from 'kafkajs';
import type { ConsumedRecord, IncomingEvent, RecordSource } from '../../application/ports/consumed-record.ts';
import { decodeEnvelope, envelopeHeadersOf } from '../../interfaces/contract/envelope.ts';
import type { Envelope } from '../../interfaces/contract/envelope.ts';
import { EVENT_SKIPPED_VERSION, decodeEventSkipped } from '../../interfaces/contract/event-skipped.ts';
import { EVENT_SKIPPED } from '../../interfaces/contract/topic.ts';

/** Headers of one record, names and values. Ours take well under 2 KB; the inbox stores what is not ours. */
export const MAX_HEADER_BYTES = 65_536;
/** What the inbox's columns hold. */
const TYPE = /^[A-Za-z][A-Za-z0-9]{0,63}$/;
const MAX_SEQUENCE = 4_294_967_295;
const MAX_VERSION = 65_535;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

type Headers = KafkaMessage['headers'];
type HeaderValue = NonNullable<Headers>[string];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const listOf = (value: HeaderValue): readonly (Buffer | string)[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

const headerBytes = (headers: Headers): number =>
  Object.entries(headers ?? {}).reduce(
    (total, [name, value]) =>
      listOf(value).reduce((sum, one) => sum + Buffer.byteLength(name) + Buffer.byteLength(one), total),
    0,
  );

const printable = (bytes: Buffer | string): string => {
  if (typeof bytes === 'string') return bytes;
  try {
    return utf8.decode(bytes);
  } catch {
    return `base64:${bytes.toString('base64')}`;
  }
};

const headersAsJson = (headers: Headers): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => {
        const values = listOf(value).map(printable);
        return [name, values.length === 1 ? values[0] : values];
      }),
    ),
  );

const singleHeader = (headers: Headers, name: string): string | undefined => {
  const values = listOf(headers?.[name]);
  return values.length === 1 && values[0] !== undefined ? printable(values[0]) : undefined;
};

const uuidOrNull = (text: string | undefined): string | null => (text !== undefined && UUID.test(text) ? text : null);

/**
 * Whose record it is, when it can be told: a key that is an order ID, contradicted by nothing. When key and
 * subject differ, or another service wrote it, parking the order of the key could hold an innocent one; if an
 * event of either order is missing now, its sequence will show the gap.
 */
const readableOrder = (message: KafkaMessage, key: string | undefined, ceSource: string): string | null => {
  const subject = singleHeader(message.headers, 'ce_subject');
  const source = singleHeader(message.headers, 'ce_source');
  const contradicted = (subject !== undefined && subject !== key) || (source !== undefined && source !== ceSource);
  return contradicted ? null : uuidOrNull(key);
};

/** What is wrong with a readable envelope: bounds that the inbox needs, and a skip that does not say what it skips. */
const flawOf = (envelope: Envelope): string | undefined => {
  const { type, sequence, version } = envelope;
  if (!TYPE.test(type)) return 'header ce_type is no event type';
  if (sequence > MAX_SEQUENCE) return `header ce_sequence is above ${MAX_SEQUENCE}`;
  if (version > MAX_VERSION) return `the payload version is above ${MAX_VERSION}`;
  // Of a newer version only the payload differs: it is a skip all the same, and nobody needs to upgrade first.
  if (type !== EVENT_SKIPPED || version > EVENT_SKIPPED_VERSION) return undefined;
  const skip = decodeEventSkipped(envelope);
  return E.isLeft(skip) ? `EventSkipped: ${skip.left.reason}` : undefined;
};

const fingerprintOf = ({ type, version, orderId, sequence, occurredAt, payload }: Envelope): string =>
  createHash('sha256')
    .update(JSON.stringify([type, version, orderId, sequence, occurredAt, payload]))
    .digest('hex');

const eventOf = (envelope: Envelope, source: RecordSource): IncomingEvent => ({
  ...envelope,
  fingerprint: fingerprintOf(envelope),
  isSkip: envelope.type === EVENT_SKIPPED,
  source,
});

/** Reads one record. Never throws: whatever breaks the contract is Broken, with the bytes as they came. */
export type ReadRecord = (source: RecordSource, message: KafkaMessage) => ConsumedRecord;

/** Reads the records of `topic` whose `ce_source` is `ceSource`; any other one breaks the contract. */
export const recordReader = (topic: string, ceSource: string): ReadRecord => {
  const codec = envelopeHeadersOf(ceSource);
  return (source, message) => {
    const { key, value, headers } = message;
    const keyText = key === null ? undefined : printable(key);
    const broken = (reason: string): ConsumedRecord => ({
      _tag: 'Broken',
      record: {
        source,
        reason,
        orderId: readableOrder(message, keyText, ceSource),
        eventId: uuidOrNull(singleHeader(headers, 'ce_id')),
        key,
        value,
        headers: headersAsJson(headers),
      },
    });

    if (source.topic !== topic) return broken(`the record is from topic ${source.topic}, not ${topic}`);
    const bytes = headerBytes(headers);
    if (bytes > MAX_HEADER_BYTES) return broken(`the headers take ${bytes} bytes, more than ${MAX_HEADER_BYTES}`);
    const envelope = decodeEnvelope({ key, value, ...(headers === undefined ? {} : { headers }) }, codec);
    if (E.isLeft(envelope)) return broken(envelope.left.reason);
    const flaw = flawOf(envelope.right);
    return flaw === undefined ? { _tag: 'Event', event: eventOf(envelope.right, source) } : broken(flaw);
  };
};
