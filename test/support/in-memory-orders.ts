import { HandleOrderCommand } from '../../src/application/orders/handle-order-command.ts';
import type {
  HandleOrderCommandPorts,
  OrderCommandRequest,
} from '../../src/application/orders/handle-order-command.ts';
import type { OrderCommand } from '../../src/domain/order/commands.ts';
import type { OrderId } from '../../src/domain/order/values.ts';
import { InMemoryDatabase } from '../../src/infrastructure/in-memory/in-memory-database.ts';
import type { OutboxRow } from '../../src/infrastructure/in-memory/in-memory-database.ts';
import { InMemoryIdempotencyKeys } from '../../src/infrastructure/in-memory/in-memory-idempotency-keys.ts';
import { InMemoryOrderStore } from '../../src/infrastructure/in-memory/in-memory-order-store.ts';
import { InMemoryOutbox } from '../../src/infrastructure/in-memory/in-memory-outbox.ts';
import { InMemoryUnitOfWork } from '../../src/infrastructure/in-memory/in-memory-unit-of-work.ts';
import { orderAnswer } from '../../src/interfaces/contract/http.ts';

export interface InMemoryOrders {
  readonly database: InMemoryDatabase;
  readonly ports: HandleOrderCommandPorts;
  readonly handler: HandleOrderCommand;
  /** What relays were told: the key of the order, or nothing. */
  readonly rings: () => readonly (string | undefined)[];
  /** Outbox rows of one order, by sequence. */
  readonly outboxOf: (orderId: OrderId) => readonly OutboxRow[];
}

/** The use case on in-memory adapters, one or more of them replaced. */
export const inMemoryOrders = (
  replace: (ports: HandleOrderCommandPorts) => Partial<HandleOrderCommandPorts> = () => ({}),
): InMemoryOrders => {
  let ids = 0;
  const rings: (string | undefined)[] = [];
  const database = new InMemoryDatabase({ now: () => Date.UTC(2026, 0, 31) });
  const inMemory: HandleOrderCommandPorts = {
    unitOfWork: new InMemoryUnitOfWork(database),
    orders: new InMemoryOrderStore(),
    outbox: new InMemoryOutbox(database, { laneOf: () => 0, maxEventBytes: 1_000_000 }),
    idempotencyKeys: new InMemoryIdempotencyKeys(),
    ids: { next: () => `00000000-0000-7000-8000-${String((ids += 1)).padStart(12, '0')}` },
    wakeUp: { ring: (orderKey) => rings.push(orderKey) },
  };
  const ports = { ...inMemory, ...replace(inMemory) };
  return {
    database,
    ports,
    handler: new HandleOrderCommand(ports),
    rings: () => rings,
    outboxOf: (orderId) =>
      [...database.committed.outbox.values()]
        .filter((row) => row.orderKey === orderId)
        .sort((a, b) => a.sequence - b.sequence),
  };
};

/** A request for `command`, by default with a key that no other command type has. */
export const request = (command: OrderCommand, overrides: Partial<OrderCommandRequest> = {}): OrderCommandRequest => ({
  command,
  expectedVersion: undefined,
  idempotency: { method: 'POST', path: '/orders', key: command.type, fingerprint: command.type },
  headers: {},
  present: ({ order, version }) => JSON.stringify(orderAnswer(order, version)),
  ...overrides,
});
