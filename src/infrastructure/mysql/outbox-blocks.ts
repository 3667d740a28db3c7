import * as t from 'io-ts';
import type { TransactionConnection } from './mysql-unit-of-work.ts';
import { WholeNumber, decodeRows } from './rows.ts';

/*
 * A block (order, sequence s) stands for: row s of the order must be acknowledged before any row above s is sent.
 * Row s itself is never held; rows above s are held, or will be marked by the next claim that meets them.
 */

const BLOCKED_ORDERS = `
SELECT order_id FROM outbox_blocks WHERE order_id IN (?) ORDER BY order_id`;

const LOCK_BLOCK = `
SELECT order_id, sequence, outbox_id FROM outbox_blocks WHERE order_id = ? FOR UPDATE`;

const BlockedOrder = t.strict({ order_id: t.string });
const Block = t.strict({ order_id: t.string, sequence: WholeNumber, outbox_id: WholeNumber });
export type Block = t.TypeOf<typeof Block>;

/**
 * The blocks of these orders, locked one by one: a locking read of a list may scan the whole table and would then
 * wait for the blocks of other lanes.
 */
export const lockBlocks = async (
  connection: TransactionConnection,
  orderIds: ReadonlySet<string>,
): Promise<readonly Block[]> => {
  const blocked = decodeRows(BlockedOrder, await connection.rows(BLOCKED_ORDERS, [[...orderIds]]));
  const blocks: Block[] = [];
  for (const { order_id } of blocked) blocks.push(...decodeRows(Block, await connection.rows(LOCK_BLOCK, [order_id])));
  return blocks;
};
