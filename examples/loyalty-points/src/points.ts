import { join } from 'node:path';
import { ignore } from '@orderly/consumer-kit';
import type { ConsumerDefinition } from '@orderly/consumer-kit';

/** A point for each whole unit of money that was paid; they are taken back when the order is cancelled. */
export const points: ConsumerDefinition = {
  name: 'loyalty-points',
  group: 'loyalty-points',
  migrations: join(import.meta.dirname, '../migrations'),
  handlers: {
    OrderPaid: ({ orderId, payload: { amount } }, { tx }) =>
      tx.execute('INSERT INTO points (order_id, amount) VALUES (?, ?)', [
        orderId,
        Math.floor(amount.amountMinor / 100),
      ]),
    OrderCancelled: ({ orderId }, { tx }) => tx.execute('DELETE FROM points WHERE order_id = ?', [orderId]),
    OrderPlaced: ignore,
    OrderShipped: ignore,
    OrderDelivered: ignore,
  },
};
