import type { OutboxEntryDetail, SkippedEntryDetail } from '../../application/ports/outbox-queries.ts';
import { encodeEnvelope, headerBytes } from '../contract/envelope.ts';

export interface EventSize {
  readonly payloadBytes: number;
  /** Names and values of all headers of its record, also of those that are made from its columns. */
  readonly headersBytes: number;
}

/**
 * How much of a record an event is on the topic. The limit of a topic counts some dozens of bytes for key and framing
 * beside these.
 */
export const eventSize = (event: OutboxEntryDetail | SkippedEntryDetail): EventSize => {
  const { value, headers } = encodeEnvelope(event);
  return { payloadBytes: Buffer.byteLength(value), headersBytes: headerBytes(headers) };
};
