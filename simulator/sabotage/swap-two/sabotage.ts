import type { Sabotage } from '../sabotage.ts';

/** While the relay is dead, orders are placed and cancelled: both events then travel in one batch. */
export const swapTwo: Sabotage = {
  name: 'swap-two',
  describe: 'two events of one order that travel in one batch change places',
  replaces: 'Publisher',
  role: 'relay',
  entry: ['simulator/sabotage/swap-two/main.ts', '--role', 'relay'],
  load: { orders: 600, ratePerSecond: 30 },
  faults: ['relay-kill'],
  expectedInvariant: 7,
};
