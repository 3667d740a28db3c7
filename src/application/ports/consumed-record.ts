/** Where a record was read. */
export interface RecordSource {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** One event as it came from the topic. The mechanism knows no orders: a key, a number and bytes. */
export interface IncomingEvent {
  /** Two records with the same ID are the same event. */
  readonly eventId: string;
  readonly orderId: string;
  /** Contiguous from 1 per order. */
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  /** RFC 3339 UTC. */
  readonly occurredAt: string;
  /** JSON text, not yet checked against its schema. */
  readonly payload: string;
  /** Headers that are not part of the envelope, e.g. `traceparent`. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256, hex, of all that two records with the same event ID must have in common. */
  readonly fingerprint: string;
  /** Takes the place of an event that an operator skipped: same order and sequence, another event ID. */
  readonly isSkip: boolean;
  readonly source: RecordSource;
}

/** A record that is kept as evidence, byte for byte, because it can or must not be applied. */
export interface ParkedRecord {
  readonly source: RecordSource;
  readonly reason: string;
  /** Null when the record does not say (readably and without contradiction) whose it is. */
  readonly orderId: string | null;
  readonly eventId: string | null;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** JSON object; values that are not UTF-8 are given as `base64:…`. */
  readonly headers: string;
}

/** A record either is an event or breaks the contract so early that it is none. */
export type ConsumedRecord =
  | { readonly _tag: 'Event'; readonly event: IncomingEvent }
  | { readonly _tag: 'Broken'; readonly record: ParkedRecord };
