import type { Sabotage } from '../sabotage.ts';

export const noInbox: Sabotage = {
  name: 'no-inbox',
  describe: 'payment applies every record it is given and remembers none',
  replaces: 'Inbox',
  role: 'payment',
  entry: ['simulator/sabotage/no-inbox/main.ts'],
  load: { orders: 200, ratePerSecond: 20 },
  faults: ['duplicate-delivery'],
  expectedInvariant: 10,
};
