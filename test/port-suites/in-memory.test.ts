import { laneOf } from '../../src/application/relay/lanes.ts';
import { InMemoryDatabase } from '../../src/infrastructure/in-memory/in-memory-database.ts';
import type { OutboxRow } from '../../src/infrastructure/in-memory/in-memory-database.ts';
import { InMemoryIdempotencyKeys } from '../../src/infrastructure/in-memory/in-memory-idempotency-keys.ts';
import { InMemoryOrderStore } from '../../src/infrastructure/in-memory/in-memory-order-store.ts';
import { InMemoryOutboxOperations } from '../../src/infrastructure/in-memory/in-memory-outbox-operations.ts';
import { InMemoryOutboxRetention } from '../../src/infrastructure/in-memory/in-memory-outbox-retention.ts';
import { InMemoryOutbox } from '../../src/infrastructure/in-memory/in-memory-outbox.ts';
import { InMemoryRelayLeases } from '../../src/infrastructure/in-memory/in-memory-relay-leases.ts';
import { InMemoryRelayOutbox } from '../../src/infrastructure/in-memory/in-memory-relay-outbox.ts';
import { InMemoryUnitOfWork } from '../../src/infrastructure/in-memory/in-memory-unit-of-work.ts';
import { VirtualClock } from '../../src/infrastructure/in-memory/virtual-clock.ts';
import { storageSuites } from './storage-suites.ts';
import { LANES, MAX_EVENT_BYTES } from './storage-under-test.ts';
import type { StorageUnderTest } from './storage-under-test.ts';

const openInMemoryStorage = (): Promise<StorageUnderTest> => {
  const clock = new VirtualClock();
  const database = new InMemoryDatabase(clock);
  const rowOf = (eventId: string): OutboxRow | undefined => {
    const id = database.committed.outboxByEvent.get(eventId);
    return id === undefined ? undefined : database.committed.outbox.get(id);
  };
  return Promise.resolve({
    unitOfWork: new InMemoryUnitOfWork(database),
    orders: new InMemoryOrderStore(),
    outbox: new InMemoryOutbox(database, { laneOf: (key) => laneOf(key, LANES), maxEventBytes: MAX_EVENT_BYTES }),
    idempotencyKeys: new InMemoryIdempotencyKeys(),
    relayOutbox: new InMemoryRelayOutbox(database),
    leases: new InMemoryRelayLeases(database),
    operations: new InMemoryOutboxOperations(database),
    retention: new InMemoryOutboxRetention(database),
    storedEvent: (eventId) => {
      const row = rowOf(eventId);
      return Promise.resolve(
        row === undefined
          ? undefined
          : { status: row.status, attempts: row.attempts, held: row.heldBy !== null, offset: row.offset },
      );
    },
    attemptsOf: (eventId) => {
      const history = [...database.committed.attempts.values()].filter((row) => row.eventId === eventId);
      return Promise.resolve(history.map(({ attempt }) => attempt));
    },
    skippedEvent: (eventId) => {
      const row = database.committed.skipped.get(eventId);
      if (row === undefined) return Promise.resolve(undefined);
      const { orderKey, sequence, type, payload, attempts, skippedBy, reason, replacementEventId } = row;
      return Promise.resolve({ orderKey, sequence, type, payload, attempts, skippedBy, reason, replacementEventId });
    },
    purges: () =>
      Promise.resolve([...database.committed.purges.values()].map(({ actor, purgedRows }) => ({ actor, purgedRows }))),
    passTime: (ms) => clock.advance(ms),
    close: () => Promise.resolve(),
  });
};

describe('in-memory storage', () => {
  storageSuites(openInMemoryStorage);
});
