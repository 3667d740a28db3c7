import type { Sabotage } from '../sabotage.ts';

export const dropOne: Sabotage = {
  name: 'drop-one',
  describe: 'one event is never sent, yet reported as acknowledged',
  replaces: 'Publisher',
  role: 'relay',
  entry: ['simulator/sabotage/drop-one/main.ts', '--role', 'relay'],
  load: { orders: 100, ratePerSecond: 20 },
  faults: [],
  expectedInvariant: 3,
};
