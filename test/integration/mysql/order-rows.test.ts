import { expect } from 'chai';
import { MySqlOrderStore } from '../../../src/infrastructure/mysql/mysql-order-store.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { UnreadableRow } from '../../../src/infrastructure/mysql/rows.ts';
import { paidOrder } from '../../port-suites/orders-for-tests.ts';
import { right } from '../../port-suites/storage-under-test.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';

const unit = { action: 'test', rerunAfterUnknownCommit: false };

describe('order rows that nobody of ours wrote, on a real MySQL', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  before(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  const damages = {
    'a paid order without its payment': 'UPDATE orders SET payment_reference = NULL WHERE order_id = ?',
    'a paid order that carries a cancellation': "UPDATE orders SET cancel_reason = 'x' WHERE order_id = ?",
    'a time finer than the domain knows':
      "UPDATE orders SET placed_at = '2026-01-31 09:30:00.000001' WHERE order_id = ?",
    'a currency that does not exist': "UPDATE orders SET currency = 'XQQ' WHERE order_id = ?",
    'an order without lines': 'DELETE FROM order_lines WHERE order_id = ?',
    'a quantity of nought': 'UPDATE order_lines SET quantity = 0 WHERE order_id = ? AND line_number = 1',
    'a total beyond 2^53': 'UPDATE orders SET total_minor = 9007199254740993 WHERE order_id = ?',
  };
  for (const [damage, sql] of Object.entries(damages))
    it(`given ${damage} / when loaded / then it is a defect, neither an order nor an outage`, async () => {
      const orders = new MySqlOrderStore();
      const unitOfWork = new MySqlUnitOfWork(pool);
      const order = paidOrder();
      await right(unitOfWork.run(unit, (tx) => orders.save(tx, { order, version: 1 }, 0)));
      await pool.use((connection) => connection.write(sql, [order.orderId]));
      const outcome = await unitOfWork
        .run(unit, (tx) => orders.load(tx, order.orderId))()
        .catch((thrown: unknown) => thrown);
      expect(outcome).to.be.an.instanceOf(UnreadableRow);
    });
});
