import type { Sabotage } from '../sabotage.ts';

export const publishBeforeCommit: Sabotage = {
  name: 'publish-before-commit',
  describe: 'events are sent to Kafka inside the transaction: when it does not commit, they tell of what never was',
  replaces: 'UnitOfWork and Outbox',
  role: 'api',
  entry: ['simulator/sabotage/publish-before-commit/main.ts', '--role', 'api'],
  load: { orders: 200, ratePerSecond: 20 },
  faults: ['api-dies-before-commit'],
  expectedInvariant: 5,
};
