import type { Sabotage } from '../sabotage.ts';

/** While the relay is dead, orders are placed and cancelled within a second: two rows of one order wait together. */
export const timestampOrder: Sabotage = {
  name: 'timestamp-order',
  describe: 'the relay sends rows by a timestamp with whole seconds; ties fall as random IDs do',
  replaces: 'RelayOutbox',
  role: 'relay',
  entry: ['simulator/sabotage/timestamp-order/main.ts', '--role', 'relay'],
  load: { orders: 600, ratePerSecond: 30 },
  faults: ['relay-kill'],
  expectedInvariant: 7,
};
