import { join } from 'node:path';
import process from 'node:process';
import { ignore, startConsumer } from '../../src/consumer-kit.ts';
import { say } from './parent.ts';

/* A consumer on the kit whose effect is one row, so that what is measured is the kit. SIGTERM stops it. */

process.once('disconnect', () => process.exit(1));
say('ready');
await startConsumer({
  own: {},
  define: () => ({
    name: 'bench',
    group: 'bench',
    migrations: join(import.meta.dirname, 'consumer-migrations'),
    handlers: {
      OrderPlaced: ({ eventId, orderId, sequence }, { tx }) =>
        tx.execute('INSERT INTO effects (event_id, order_id, sequence) VALUES (?, ?, ?)', [eventId, orderId, sequence]),
      OrderPaid: ignore,
      OrderShipped: ignore,
      OrderDelivered: ignore,
      OrderCancelled: ignore,
    },
  }),
});
