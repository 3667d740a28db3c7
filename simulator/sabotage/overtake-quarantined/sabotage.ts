import type { Sabotage } from '../sabotage.ts';

export const overtakeQuarantined: Sabotage = {
  name: 'overtake-quarantined',
  describe: 'the events behind a quarantined one are not held: they go on without it',
  replaces: 'RelayOutbox',
  role: 'relay',
  entry: ['simulator/sabotage/overtake-quarantined/main.ts', '--role', 'relay'],
  load: { orders: 100, ratePerSecond: 20 },
  faults: ['poison'],
  expectedInvariant: 8,
};
