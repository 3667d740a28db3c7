import type * as t from 'io-ts';
import type { StorageUnavailable } from './storage-error.ts';
import type { Transaction } from './transaction.ts';

/** Scalars only: an object as parameter would be spliced into the SQL. Times are RFC 3339 or `DATETIME(6)` text. */
export type SqlValue = string | number | boolean | null;

/**
 * The consumer's open transaction, as its handlers use it: what is written here commits together with the
 * inbox row, or not at all. Every call must be awaited before the handler returns; later ones are refused.
 */
export interface EffectTransaction {
  execute(sql: string, params?: readonly SqlValue[]): Promise<{ readonly affectedRows: number }>;
  /** Rejects when a row does not fit `row`. Times come as text. */
  query<A>(row: t.Type<A, unknown>, sql: string, params?: readonly SqlValue[]): Promise<readonly A[]>;
}

/** The handler's view of one transaction, opened and closed around it. */
export interface OpenEffects {
  readonly transaction: EffectTransaction;
  /**
   * Ends the handler's access. The first failure that was the database's (connection, time-out, deadlock) and not
   * the statement's is returned even when the handler swallowed it: its transaction cannot be trusted any more.
   */
  close(): StorageUnavailable | undefined;
}

export interface ConsumerEffects {
  open(tx: Transaction): OpenEffects;
}
