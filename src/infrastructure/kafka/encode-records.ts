import type { EncodedRecord } from './record-size.ts';
import { RecordWriter } from './record-writer.ts';

/** No attributes, and no time but the batch's. */
const NONE = 0;
/** What our records take, about; the buffer grows when they take more. */
const EXPECTED_BYTES = 1_024;

/**
 * The records of one batch (magic 2) as the client itself would encode them, byte for byte, when none has a time of its
 * own: numbered from 0, each with its length before it.
 */
export const encodeRecords = (records: readonly EncodedRecord[]): Buffer => {
  const writer = new RecordWriter(records.length * EXPECTED_BYTES);
  records.forEach(({ key, value, headers }, index) => {
    const start = writer.begin();
    writer.byte(NONE);
    writer.varint(NONE);
    writer.varint(index);
    writer.text(key);
    writer.text(value);
    const names = Object.keys(headers);
    writer.varint(names.length);
    for (const name of names) {
      writer.text(name);
      writer.text(headers[name] ?? '');
    }
    writer.end(start);
  });
  return writer.written();
};
