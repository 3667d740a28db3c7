import type { Sabotage } from '../sabotage.ts';

export const randomPartitionKey: Sabotage = {
  name: 'random-partition-key',
  describe: 'the partition is chosen without the order ID: batches go round the partitions',
  replaces: 'Publisher',
  role: 'relay',
  entry: ['simulator/sabotage/random-partition-key/main.ts', '--role', 'relay'],
  load: { orders: 50, ratePerSecond: 20 },
  faults: [],
  expectedInvariant: 6,
};
