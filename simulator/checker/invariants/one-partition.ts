import { partitionOf } from '../murmur2.ts';
import type { Invariant, Violation } from './invariant.ts';

export const onePartition: Invariant = {
  id: 6,
  name: 'Every order has one partition: murmur2 of its ID',
  needs: ['outbox', 'log'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const violations: Violation[] = [];
    for (const record of evidence.eventRecords) {
      const at = `partition ${record.partition}, offset ${record.offset}`;
      const eventId = record.headers['ce_id'];
      if (record.key === null) {
        violations.push({ summary: 'A record has no key.', eventId, expected: 'the order ID', seen: `none, at ${at}` });
        continue;
      }
      const partition = partitionOf(record.key, evidence.run.partitions);
      if (partition !== record.partition)
        violations.push({
          summary: 'An event lies in a partition that is not its order’s.',
          orderId: record.key,
          eventId,
          expected: `partition ${partition} of ${evidence.run.partitions}`,
          seen: at,
        });
    }
    for (const row of evidence.outbox.rows) {
      const partition = partitionOf(row.orderId, evidence.run.partitions);
      if (partition !== row.partition)
        violations.push({
          summary: 'An outbox row was given a lane that is not its order’s.',
          orderId: row.orderId,
          eventId: row.eventId,
          expected: `lane ${partition} of ${evidence.run.partitions}`,
          seen: `lane ${row.partition}`,
        });
    }
    return { checked: evidence.eventRecords.length, violations };
  },
};
