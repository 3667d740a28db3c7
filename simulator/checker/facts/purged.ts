import type { EvidenceIndex } from '../evidence-index.ts';
import type { Evidence, LogRecord } from '../evidence.ts';
import { sequenceOf } from '../read-headers.ts';
import { oncePer } from './once.ts';

/** A sequence that an order's version promises and for which the outbox has no row. */
export interface MissingRow {
  readonly orderId: string;
  readonly sequence: number;
  /** Where the relay published it; undefined: it is not in the log. */
  readonly record: LogRecord | undefined;
  /** True when the outbox has none of the order's earlier rows either. Retention removes the oldest rows first. */
  readonly atFront: boolean;
}

/** Rows that the service says it has removed. */
export const purgedTotal = (evidence: Evidence): number =>
  evidence.purges.rows.reduce((sum, { purgedRows }) => sum + purgedRows, 0);

const missingOf = (evidence: EvidenceIndex, orderId: string, version: number): readonly MissingRow[] => {
  const rows = evidence.outboxByOrder.get(orderId) ?? [];
  if (rows.length === version && rows.every(({ sequence }, index) => sequence === index + 1)) return [];
  const present = new Set(rows.map(({ sequence }) => sequence));
  const first = rows[0]?.sequence ?? Infinity;
  const published = new Map<number | null, LogRecord>();
  for (const record of evidence.logByOrder.get(orderId) ?? []) {
    const sequence = sequenceOf(record.headers);
    if (evidence.isInjected(record) === undefined && !published.has(sequence)) published.set(sequence, record);
  }
  return Array.from({ length: version }, (_, index) => index + 1)
    .filter((sequence) => !present.has(sequence))
    .map((sequence) => ({ orderId, sequence, record: published.get(sequence), atFront: sequence < first }));
};

export const missingRows = oncePer((evidence: EvidenceIndex): readonly MissingRow[] =>
  evidence.orders.rows.flatMap(({ orderId, version }) => missingOf(evidence, orderId, version)),
);

const purgedOf = oncePer((evidence: EvidenceIndex): ReadonlyMap<string, ReadonlyMap<number, LogRecord>> => {
  const purged = new Map<string, Map<number, LogRecord>>();
  if (purgedTotal(evidence) === 0) return purged;
  for (const { orderId, sequence, record, atFront } of missingRows(evidence)) {
    if (!atFront || record === undefined) continue;
    const ofOrder = purged.get(orderId) ?? new Map<number, LogRecord>();
    purged.set(orderId, ofOrder.set(sequence, record));
  }
  return purged;
});

const NONE: ReadonlyMap<number, LogRecord> = new Map();

/**
 * Rows of one order that a purge may have removed, by sequence, each with its record. Whether the purges account
 * for just as many rows is asked over the whole run.
 */
export const purgedRowsOf = (evidence: EvidenceIndex, orderId: string): ReadonlyMap<number, LogRecord> =>
  purgedOf(evidence).get(orderId) ?? NONE;
