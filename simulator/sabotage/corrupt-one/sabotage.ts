import type { Sabotage } from '../sabotage.ts';

export const corruptOne: Sabotage = {
  name: 'corrupt-one',
  describe: 'one byte of one payload is changed on its way to the broker',
  replaces: 'Publisher',
  role: 'relay',
  entry: ['simulator/sabotage/corrupt-one/main.ts', '--role', 'relay'],
  load: { orders: 100, ratePerSecond: 20 },
  faults: [],
  expectedInvariant: 4,
};
