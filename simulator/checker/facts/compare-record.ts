import type { LogRecord, OutboxRow, SkippedRow } from '../evidence.ts';
import { dataSchemaOf } from '../read-headers.ts';

const CE_SOURCE = '/orderly/orders';
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

type Expected = ReadonlyMap<string, string>;

/** Headers whose text follows from the row alone. */
const expectedHeaders = (row: OutboxRow | SkippedRow): Expected => {
  const expected = new Map(Object.entries(row.headers ?? {}));
  const traceparent = expected.get('traceparent');
  if (traceparent !== undefined) expected.set('ce_traceparent', traceparent);
  return expected
    .set('ce_id', row.eventId)
    .set('ce_type', row.type)
    .set('ce_source', CE_SOURCE)
    .set('ce_specversion', '1.0')
    .set('ce_subject', row.orderId)
    .set('ce_partitionkey', row.orderId)
    .set('ce_sequence', String(row.sequence).padStart(10, '0'))
    .set('ce_dataschema', dataSchemaOf(row.type, row.version))
    .set('content-type', 'application/json');
};

/** Headers that need not be there, but must be right when they are. */
const OPTIONAL = new Set(['ce_traceparent']);

export interface Difference {
  readonly part: string;
  readonly expected: string;
  readonly seen: string;
}

const sameInstant = (text: string | undefined, ms: number): boolean =>
  text !== undefined && TIME.test(text) && Math.abs(Date.parse(text) - ms) < 1;

/** Where a record differs from the row it was made of: key, value or a header. Empty: it is that event, byte for byte. */
export const differences = (row: OutboxRow | SkippedRow, record: LogRecord): readonly Difference[] => {
  const found: Difference[] = [];
  const compare = (part: string, expected: string, seen: string | null | undefined): void => {
    if (seen !== expected) found.push({ part, expected, seen: seen ?? 'nothing' });
  };
  compare('key', row.orderId, record.key);
  if (record.valueSha256 !== row.payloadSha256)
    found.push({
      part: 'value',
      expected: `${row.payloadBytes} bytes, SHA-256 ${row.payloadSha256}`,
      seen: record.valueSha256 === null ? 'no value' : `${record.valueBytes} bytes, SHA-256 ${record.valueSha256}`,
    });
  const expected = expectedHeaders(row);
  for (const [name, text] of expected)
    if (record.headers[name] !== undefined || !OPTIONAL.has(name))
      compare(`header ${name}`, text, record.headers[name]);
  if (!sameInstant(record.headers['ce_time'], row.occurredAt))
    compare('header ce_time', new Date(row.occurredAt).toISOString(), record.headers['ce_time'] ?? 'nothing');
  for (const [name, text] of Object.entries(record.headers))
    if (!expected.has(name) && name !== 'ce_time') found.push({ part: `header ${name}`, expected: 'none', seen: text });
  return found;
};
