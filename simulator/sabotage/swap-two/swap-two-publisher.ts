import type { Publisher } from '../../../src/application/ports/publisher.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import { publisherWith } from '../../../src/application/ports/publisher-with.ts';

/** The first two records of one order in the batch change places; undefined when no order has two. */
const swapped = (records: readonly OutboxRecord[]): readonly OutboxRecord[] | undefined => {
  const places = new Map<string, number>();
  for (const [later, record] of records.entries()) {
    const earlier = places.get(record.orderKey);
    const other = earlier === undefined ? undefined : records[earlier];
    if (earlier !== undefined && other !== undefined) return records.with(earlier, record).with(later, other);
    places.set(record.orderKey, later);
  }
  return undefined;
};

/** PLANTED BUG. Once in its life, two events of an order that travel in one batch change places. */
export const swapTwoPublisher = (real: Publisher): Publisher => {
  let done = false;
  return publisherWith(real, (lane, records) => {
    const batch = done ? undefined : swapped(records);
    done ||= batch !== undefined;
    return real.publish(lane, batch ?? records);
  });
};
