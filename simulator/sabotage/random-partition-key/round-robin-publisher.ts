import type { Publisher } from '../../../src/application/ports/publisher.ts';
import { publisherWith } from '../../../src/application/ports/publisher-with.ts';

/**
 * PLANTED BUG. The partitioner is not told the key, so batches go round the partitions, as client libraries spread
 * messages without a key.
 */
export const roundRobinPublisher = (real: Publisher, partitions: number): Publisher => {
  const underWay = new Map<number, Promise<unknown>>();
  let next = 0;
  return publisherWith(real, (_lane, records) => () => {
    const partition = next++ % partitions;
    // The real publisher takes one batch at a time for each partition.
    const sending = (underWay.get(partition) ?? Promise.resolve()).then(() => real.publish(partition, records)());
    underWay.set(partition, sending);
    return sending;
  });
};
