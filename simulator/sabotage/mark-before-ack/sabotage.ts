import type { Sabotage } from '../sabotage.ts';

export const markBeforeAck: Sabotage = {
  name: 'mark-before-ack',
  describe: 'events are marked COMPLETED when they are sent, not when the broker has acknowledged them',
  replaces: 'Publisher',
  role: 'relay',
  entry: ['simulator/sabotage/mark-before-ack/main.ts', '--role', 'relay'],
  load: { orders: 400, ratePerSecond: 25 },
  faults: ['broker-restart'],
  expectedInvariant: 4,
};
