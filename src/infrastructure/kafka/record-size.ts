/*
 * The wire format of a record batch (magic 2), counted with every variable-length integer at its longest, so
 * that the result is never too small. Kafka compares `max.message.bytes` with the batch.
 */
const BATCH_HEADER = 61;
const VARINT = 5;
const VARLONG = 10;
const ATTRIBUTES = 1;
/** Length, attributes, timestamp delta, offset delta, key length, value length, header count. */
const RECORD_FRAME = VARINT + ATTRIBUTES + VARLONG + VARINT + VARINT + VARINT + VARINT;

export interface EncodedRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Upper bound of the bytes of a batch that holds only this record. */
export const sizeOfEncoded = ({ key, value, headers }: EncodedRecord): number => {
  let bytes = BATCH_HEADER + RECORD_FRAME + Buffer.byteLength(key) + Buffer.byteLength(value);
  for (const [name, text] of Object.entries(headers))
    bytes += VARINT + Buffer.byteLength(name) + VARINT + Buffer.byteLength(text);
  return bytes;
};
