import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Option } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { OrderStore, StaleVersion, VersionedOrder } from '../../application/ports/order-store.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { OrderId } from '../../domain/order/values.ts';
import { isDuplicateEntry } from './mysql-errors.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import type { TransactionConnection } from './mysql-unit-of-work.ts';
import { DETAIL_COLUMNS, OrderDetailsRow, OrderLineRow, OrderRow, toOrder, toOrderColumns } from './order-rows.ts';
import { decodeFirst, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

/** The columns of details as `sql` says each, after what comes before them. */
const andDetails = (sql: (column: string) => string): string =>
  DETAIL_COLUMNS.map((column) => `, ${sql(`\`${column}\``)}`).join('');
const AND_SELECTED = andDetails((column) => `o.${column}`);
const AND_INSERTED = andDetails((column) => column);
const AND_UPDATED = andDetails((column) => `${column} = ?`);

/** The order with each of its lines beside it: one round trip for what every command begins with. */
const SELECT_ORDER = `
SELECT o.order_id, o.version, o.status, o.customer_id, o.currency, o.total_minor, o.placed_at, o.payment_reference,
       o.paid_minor, o.paid_at, o.carrier, o.tracking_number, o.shipped_at, o.received_by, o.delivered_at,
       o.cancel_reason, o.cancelled_at, l.sku, l.quantity, l.unit_price_minor,
       l.line_number IS NOT NULL AS has_line${AND_SELECTED}
FROM orders o LEFT JOIN order_lines l ON l.order_id = o.order_id
WHERE o.order_id = ? ORDER BY l.line_number`;

const HasLine = t.type({ has_line: t.literal(1) });

const INSERT_ORDER = `
INSERT INTO orders (order_id, version, status, customer_id, currency, total_minor, placed_at, payment_reference,
  paid_minor, paid_at, carrier, tracking_number, shipped_at, received_by, delivered_at, cancel_reason,
  cancelled_at${AND_INSERTED})
VALUES (?)`;

const INSERT_LINES = `
INSERT INTO order_lines (order_id, line_number, sku, quantity, unit_price_minor) VALUES ?`;

const UPDATE_ORDER = `
UPDATE orders
SET version = ?, status = ?, customer_id = ?, currency = ?, total_minor = ?, placed_at = ?, payment_reference = ?,
  paid_minor = ?, paid_at = ?, carrier = ?, tracking_number = ?, shipped_at = ?, received_by = ?, delivered_at = ?,
  cancel_reason = ?, cancelled_at = ?${AND_UPDATED}
WHERE order_id = ? AND version = ?`;

/** Tables `orders` and `order_lines`. Lines are written once, with the order; no event changes them. */
export class MySqlOrderStore implements OrderStore {
  load(tx: Transaction, orderId: OrderId): TaskEither<StorageUnavailable, Option<VersionedOrder>> {
    return storageAttempt('load order', async () => {
      const connection = connectionOf(tx);
      const rows = await connection.rows(SELECT_ORDER, [orderId]);
      const row = decodeFirst(OrderRow, rows);
      if (row === undefined) return O.none;
      const lines = decodeRows(OrderLineRow, rows.filter(HasLine.is));
      const [details = {}] = decodeRows(OrderDetailsRow, rows.slice(0, 1));
      return O.some({ order: toOrder(row, details, lines), version: row.version });
    });
  }

  save(
    tx: Transaction,
    next: VersionedOrder,
    expectedVersion: number,
  ): TaskEither<StorageUnavailable | StaleVersion, void> {
    return pipe(
      storageAttempt('save order', async (): Promise<Either<StaleVersion, void>> => {
        const connection = connectionOf(tx);
        const saved =
          expectedVersion === 0 ? await insert(connection, next) : await update(connection, next, expectedVersion);
        return saved
          ? E.right(undefined)
          : E.left({ _tag: 'StaleVersion', orderId: next.order.orderId, expected: expectedVersion });
      }),
      TE.flatMapEither((saved): Either<StorageUnavailable | StaleVersion, void> => saved),
    );
  }
}

/** False when the order exists already. */
const insert = async (connection: TransactionConnection, { order, version }: VersionedOrder): Promise<boolean> => {
  try {
    await connection.write(INSERT_ORDER, [[order.orderId, version, ...toOrderColumns(order)]]);
  } catch (error) {
    if (isDuplicateEntry(error)) return false;
    throw error;
  }
  const lines = order.lines.map((line, index) => [
    order.orderId,
    index + 1,
    line.sku,
    line.quantity,
    line.unitPrice.amountMinor,
  ]);
  await connection.write(INSERT_LINES, [lines]);
  return true;
};

/** False when the stored version is another one; waits for a transaction that is changing the order. */
const update = async (
  connection: TransactionConnection,
  { order, version }: VersionedOrder,
  expectedVersion: number,
): Promise<boolean> => {
  const values = [version, ...toOrderColumns(order), order.orderId, expectedVersion];
  return (await connection.write(UPDATE_ORDER, values)).affectedRows === 1;
};
