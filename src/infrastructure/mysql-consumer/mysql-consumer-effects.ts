import type * as t from 'io-ts';
import type {
  ConsumerEffects,
  EffectTransaction,
  OpenEffects,
  SqlValue,
} from '../../application/ports/consumer-effects.ts';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { serverErrorNumber } from '../mysql/mysql-errors.ts';
import { connectionOf } from '../mysql/mysql-unit-of-work.ts';
import { decodeRows } from '../mysql/rows.ts';

/**
 * Error numbers with which the server says that it cannot serve just now, whatever the statement: too many
 * connections, out of memory, disk or table full, read-only, shutting down, lock wait, deadlock, killed.
 */
const SERVER_TROUBLE: ReadonlySet<number> = new Set([
  1021, 1037, 1038, 1040, 1041, 1053, 1114, 1135, 1203, 1205, 1206, 1213, 1226, 1290, 1317, 1792, 1836, 1927, 3024,
  3101, 3169, 3572, 4031,
]);

/** An error without a server's number was noticed on this side: connection, time-out. */
const isServersTrouble = (cause: unknown): boolean => {
  const number = serverErrorNumber(cause);
  return number === undefined || SERVER_TROUBLE.has(number);
};

class HandlerTransaction implements EffectTransaction, OpenEffects {
  private failure: StorageUnavailable | undefined;
  private closed = false;

  constructor(private readonly tx: Transaction) {}

  get transaction(): EffectTransaction {
    return this;
  }

  execute(sql: string, params: readonly SqlValue[] = []): Promise<{ readonly affectedRows: number }> {
    return this.run(() => connectionOf(this.tx).write(sql, params));
  }

  async query<A>(row: t.Type<A, unknown>, sql: string, params: readonly SqlValue[] = []): Promise<readonly A[]> {
    return decodeRows(row, await this.run(() => connectionOf(this.tx).rows(sql, params)));
  }

  close(): StorageUnavailable | undefined {
    this.closed = true;
    return this.failure;
  }

  private async run<A>(statement: () => Promise<A>): Promise<A> {
    if (this.closed) throw new TypeError('the handler has returned: await every statement before it does');
    try {
      return await statement();
    } catch (cause) {
      if (isServersTrouble(cause)) this.failure ??= storageUnavailable('effect of a handler', cause);
      throw cause;
    }
  }
}

export const mysqlConsumerEffects: ConsumerEffects = { open: (tx) => new HandlerTransaction(tx) };
