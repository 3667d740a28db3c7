import type { House } from '../../run/house.ts';
import type { Heal } from '../fault.ts';
import { openSql, rowsOf } from './direct-sql.ts';

const TRIES = 5;

/**
 * Locks every order and, at REPEATABLE READ, every gap between them: no order can be placed or changed until the heal.
 * The server itself ends the locks should the connection break.
 */
export const holdOrders = async (house: House): Promise<Heal> => {
  for (let attempt = 1; ; attempt += 1) {
    const connection = await openSql(house);
    try {
      await rowsOf(connection, 'SET SESSION transaction_isolation = "REPEATABLE-READ"');
      await rowsOf(connection, 'START TRANSACTION');
      await rowsOf(connection, 'SELECT order_id FROM orders FOR UPDATE');
      return async () => {
        await connection.rollback().catch(() => undefined);
        connection.destroy();
      };
    } catch (cause) {
      // The simulator may have lost a deadlock itself.
      connection.destroy();
      if (attempt === TRIES) throw cause;
    }
  }
};
