import { MAX_VARINT_BYTES, sizeOfVarint } from './varint.ts';

/*
 * The wire format of a record batch (magic 2). What depends on the record's place in the batch is counted at its
 * longest, so that the result is never too small. Kafka compares `max.message.bytes` with the batch.
 */
const BATCH_HEADER = 61;
const VARLONG = 10;
const ATTRIBUTES = 1;
/** Length, attributes, timestamp delta, offset delta, header count. */
const RECORD_FRAME = MAX_VARINT_BYTES + ATTRIBUTES + VARLONG + MAX_VARINT_BYTES + MAX_VARINT_BYTES;

export interface EncodedRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const sizeOfText = (text: string): number => {
  const bytes = Buffer.byteLength(text);
  return sizeOfVarint(bytes) + bytes;
};

/** Upper bound of the bytes of a batch that holds only this record. */
export const sizeOfEncoded = ({ key, value, headers }: EncodedRecord): number => {
  let bytes = BATCH_HEADER + RECORD_FRAME + sizeOfText(key) + sizeOfText(value);
  for (const name of Object.keys(headers)) bytes += sizeOfText(name) + sizeOfText(headers[name] ?? '');
  return bytes;
};
