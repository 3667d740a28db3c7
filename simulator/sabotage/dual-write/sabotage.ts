import type { Sabotage } from '../sabotage.ts';

export const dualWrite: Sabotage = {
  name: 'dual-write',
  describe:
    'the order is committed alone, its events are published afterwards: a crash or an outage in between loses them',
  replaces: 'UnitOfWork and Outbox',
  role: 'api',
  entry: ['simulator/sabotage/dual-write/main.ts', '--role', 'api'],
  load: { orders: 400, ratePerSecond: 25 },
  faults: ['api-kill', 'broker-restart'],
  expectedInvariant: 1,
};
