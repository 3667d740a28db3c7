import { uuidV7Ids } from '../../src/infrastructure/ids.ts';
import type { MySqlConnection } from '../../src/infrastructure/mysql/mysql-connection.ts';
import { MySqlPool } from '../../src/infrastructure/mysql/mysql-pool.ts';

/**
 * Connections whose transactions are branches of a global one: prepared, then committed. The time between the two, in
 * which a coordinator would write down its decision and ask the other branches, is left out.
 */
export class XaPool extends MySqlPool {
  override async acquire(): Promise<MySqlConnection> {
    const connection = await super.acquire();
    const write = connection.write.bind(connection);
    const branch = `'${uuidV7Ids.next()}'`;
    connection.write = async (sql, values) => {
      if (sql === 'START TRANSACTION') return write(`XA START ${branch}`);
      if (sql !== 'COMMIT') return write(sql, values);
      await write(`XA END ${branch}`);
      await write(`XA PREPARE ${branch}`);
      return write(`XA COMMIT ${branch}`);
    };
    return connection;
  }
}
