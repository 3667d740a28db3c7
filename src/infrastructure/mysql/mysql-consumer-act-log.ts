import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import * as t from 'io-ts';
import type {
  ConsumerActLog,
  IntendedActs,
  SettledAct,
  StandingAct,
} from '../../application/ports/consumer-act-log.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import { OUTCOME_OF_ACT, OutcomeColumns, outcomeOf } from './consumer-act-outcome.ts';
import { isDuplicateEntry } from './mysql-errors.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import { WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const INTEND = `
INSERT INTO consumer_acts (request_id, actor, consumer, order_id, reason) VALUES ?`;

const SETTLE = `
INSERT INTO consumer_act_outcomes (request_id, order_id, outcome, detail) VALUES ?`;

const OF_REQUEST = `
SELECT a.order_id, o.outcome, o.detail, TIMESTAMPDIFF(MICROSECOND, a.at, NOW(6)) DIV 1000 AS age_ms
FROM consumer_acts a ${OUTCOME_OF_ACT}
WHERE a.request_id = ? ORDER BY a.order_id`;

const ActRow = t.strict({ order_id: t.string, age_ms: WholeNumber, ...OutcomeColumns });

const MAX_DETAIL = 1_000;

/** Tables `consumer_acts` and `consumer_act_outcomes`. */
export class MySqlConsumerActLog implements ConsumerActLog {
  intend(
    tx: Transaction,
    { requestId, actor, consumer, orderIds, reason }: IntendedActs,
  ): TaskEither<StorageUnavailable, void> {
    if (orderIds.length === 0) return TE.right(undefined);
    return storageAttempt('note acts on a consumer', async () => {
      const rows = orderIds.map((orderId) => [requestId, actor, consumer, orderId, reason]);
      try {
        await connectionOf(tx).write(INTEND, [rows]);
      } catch (error) {
        // The unit is rerun, as the answer to its COMMIT never came: the acts are there already.
        if (!isDuplicateEntry(error)) throw error;
      }
    });
  }

  settle(tx: Transaction, requestId: string, settled: readonly SettledAct[]): TaskEither<StorageUnavailable, void> {
    if (settled.length === 0) return TE.right(undefined);
    return storageAttempt('note what became of acts on a consumer', async () => {
      const rows = settled.map(({ orderId, outcome, detail }) => [
        requestId,
        orderId,
        outcome,
        detail === null ? null : detail.slice(0, MAX_DETAIL),
      ]);
      await connectionOf(tx).write(SETTLE, [rows]);
    });
  }

  ofRequest(tx: Transaction, requestId: string): TaskEither<StorageUnavailable, readonly StandingAct[]> {
    return storageAttempt('read acts on a consumer', async () =>
      decodeRows(ActRow, await connectionOf(tx).rows(OF_REQUEST, [requestId])).map((row) => ({
        orderId: row.order_id,
        ...outcomeOf(row),
        openForMs: row.outcome === null ? row.age_ms : undefined,
      })),
    );
  }
}
