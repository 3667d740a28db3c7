import { encodeRecords } from '../kafka/encode-records.ts';
import type { EncodedRecord } from '../kafka/record-size.ts';

const HEADER_BYTES = 61;
/** What `batchLength` does not count: base offset and itself. */
const BEFORE_LENGTH_ENDS = 12;
/** What the checksum does not cover: all up to itself. */
const BEFORE_ATTRIBUTES = 21;
const MAGIC = 2;
/** The producer of a batch that has no part in idempotence or transactions. */
const NO_PRODUCER = -1n;

/**
 * A record batch (magic 2), uncompressed, of one record or more, as the client itself would encode it, byte for byte, but
 * at a quarter of the cost. `timestamp` in milliseconds; `crc32c` of some bytes.
 */
export const encodeBatch = (
  records: readonly EncodedRecord[],
  timestamp: number,
  crc32c: (bytes: Buffer) => number,
): Buffer => {
  const encoded = encodeRecords(records);
  const batch = Buffer.alloc(HEADER_BYTES + encoded.length);
  batch.writeInt32BE(batch.length - BEFORE_LENGTH_ENDS, 8);
  batch.writeInt8(MAGIC, 16);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(timestamp), 27);
  batch.writeBigInt64BE(BigInt(timestamp), 35);
  batch.writeBigInt64BE(NO_PRODUCER, 43);
  batch.writeInt32BE(records.length, 57);
  encoded.copy(batch, HEADER_BYTES);
  batch.writeUInt32BE(crc32c(batch.subarray(BEFORE_ATTRIBUTES)), BEFORE_ATTRIBUTES - 4);
  return batch;
};
