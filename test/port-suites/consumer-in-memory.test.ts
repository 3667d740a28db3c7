import { VirtualClock } from '../../src/infrastructure/in-memory/virtual-clock.ts';
import { InMemoryCallbackOutbox } from '../../src/infrastructure/in-memory/consumer-callback-outbox.ts';
import { ConsumerDatabase } from '../../src/infrastructure/in-memory/consumer-database.ts';
import { InMemoryInboxRetention } from '../../src/infrastructure/in-memory/consumer-inbox-retention.ts';
import { InMemoryInbox } from '../../src/infrastructure/in-memory/consumer-inbox.ts';
import { consumerStorageSuite } from './consumer-storage.suite.ts';

describe('in-memory storage of a consumer', () => {
  consumerStorageSuite(() => {
    const clock = new VirtualClock();
    const database = new ConsumerDatabase(clock);
    return Promise.resolve({
      unitOfWork: database,
      inbox: new InMemoryInbox(database),
      retention: new InMemoryInboxRetention(database),
      callbacks: new InMemoryCallbackOutbox(database, 'payment'),
      order: (orderId) => {
        const row = database.committed.orders.get(orderId);
        return Promise.resolve({ parked: row?.parked?.reason ?? null, baseline: row?.baseline?.sequence ?? null });
      },
      passTime: (ms) => clock.advance(ms),
    });
  });
});
