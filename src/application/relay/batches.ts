import type { OutboxRecord } from '../ports/relay-outbox.ts';
import type { Suspects } from './suspects.ts';

/** Records sent in one request: of each order a prefix of what is unacknowledged, in order. Never empty. */
export type Batch = readonly OutboxRecord[];

/** The first record of each order, in the order given. */
export const headsOf = (records: readonly OutboxRecord[]): readonly OutboxRecord[] => {
  const seen = new Set<string>();
  return records.filter(({ orderKey }) => !seen.has(orderKey) && seen.add(orderKey));
};

/**
 * Cuts records into batches of at most `maxBytes`, keeping their order, so that a batch sent after all earlier
 * ones were acknowledged carries no record without its predecessors. A record above `maxBytes` goes alone.
 */
export const batchesOf = (
  records: readonly OutboxRecord[],
  sizeOf: (record: OutboxRecord) => number,
  maxBytes: number,
): readonly Batch[] => {
  const batches: OutboxRecord[][] = [];
  let current: OutboxRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = sizeOf(record);
    if (current.length > 0 && bytes + size > maxBytes) {
      batches.push(current);
      current = [];
      bytes = 0;
    }
    current.push(record);
    bytes += size;
  }
  return current.length > 0 ? [...batches, current] : batches;
};

/**
 * Halves a rejected batch: by order, or inside a single order by prefix. The second half of a single order may
 * only be sent once the first was acknowledged. Undefined when there is nothing to halve.
 */
export const halve = (batch: Batch): readonly [Batch, Batch] | undefined => {
  if (batch.length < 2) return undefined;
  const orders = headsOf(batch).map(({ orderKey }) => orderKey);
  if (orders.length === 1) {
    const middle = Math.ceil(batch.length / 2);
    return [batch.slice(0, middle), batch.slice(middle)];
  }
  const first = new Set(orders.slice(0, Math.ceil(orders.length / 2)));
  return [batch.filter(({ orderKey }) => first.has(orderKey)), batch.filter(({ orderKey }) => !first.has(orderKey))];
};

/**
 * What to send of the claimed records while the circuit is closed. An order whose head has failed before sends
 * that head alone, after everything else and when it is due, so that it cannot fail the others once more.
 */
export const planBatches = (
  claimed: readonly OutboxRecord[],
  suspects: Suspects,
  now: number,
  sizeOf: (record: OutboxRecord) => number,
  maxBytes: number,
): readonly Batch[] => {
  const heads = headsOf(claimed);
  const apart = new Set(
    heads.filter(({ orderKey, attempts }) => attempts > 0 || suspects.has(orderKey)).map(({ orderKey }) => orderKey),
  );
  const together = claimed.filter(({ orderKey }) => !apart.has(orderKey));
  const alone = heads.filter(
    ({ orderKey }) => apart.has(orderKey) && (suspects.get(orderKey)?.retryAt ?? Number.NEGATIVE_INFINITY) <= now,
  );
  return [...batchesOf(together, sizeOf, maxBytes), ...alone.map((head) => [head])];
};
