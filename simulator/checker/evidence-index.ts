import type {
  AttemptRow,
  AuditRow,
  CallbackRow,
  ClientOperation,
  EffectRow,
  Evidence,
  InboxRow,
  LogRecord,
  OrderRow,
  OutboxRow,
  SkippedRow,
} from './evidence.ts';
import { groupBy } from './group-by.ts';

/** The evidence with the ways in that several invariants need. Built once for each check. */
export interface EvidenceIndex extends Evidence {
  readonly orderById: ReadonlyMap<string, OrderRow>;
  readonly ordersByCustomer: ReadonlyMap<string, readonly OrderRow[]>;
  readonly operationsByOrder: ReadonlyMap<string, readonly ClientOperation[]>;
  readonly outboxByEvent: ReadonlyMap<string, OutboxRow>;
  /** By sequence. */
  readonly outboxByOrder: ReadonlyMap<string, readonly OutboxRow[]>;
  readonly skippedByEvent: ReadonlyMap<string, SkippedRow>;
  readonly skippedByOrder: ReadonlyMap<string, readonly SkippedRow[]>;
  /** By time. */
  readonly attemptsByEvent: ReadonlyMap<string, readonly AttemptRow[]>;
  /** By time. */
  readonly auditByEvent: ReadonlyMap<string, readonly AuditRow[]>;
  /** By order ID (the record's key), in log order, without injected poison. */
  readonly logByOrder: ReadonlyMap<string, readonly LogRecord[]>;
  /** By event ID, first appearance first. */
  readonly logByEvent: ReadonlyMap<string, readonly LogRecord[]>;
  readonly effectsByOrder: ReadonlyMap<string, readonly EffectRow[]>;
  readonly callbacksByOrder: ReadonlyMap<string, readonly CallbackRow[]>;
  /** By sequence. */
  readonly inboxByOrder: ReadonlyMap<string, readonly InboxRow[]>;
  /** Every record but injected poison: what consumers must handle as events. */
  readonly eventRecords: readonly LogRecord[];
  isInjected(record: LogRecord): 'duplicate' | 'poison' | undefined;
}

const sortedBy = <Row>(rows: readonly Row[], ...keys: readonly ((row: Row) => number)[]): Row[] =>
  [...rows].sort((a, b) => {
    for (const key of keys) {
      const difference = key(a) - key(b);
      if (difference !== 0) return difference;
    }
    return 0;
  });

/** Records of one order or event lie in one partition, where offsets tell their order; if not, only time is left. */
const inLogOrder = <Key>(groups: ReadonlyMap<Key, readonly LogRecord[]>): ReadonlyMap<Key, readonly LogRecord[]> =>
  new Map(
    [...groups].map(([key, records]) => {
      const together = records.every(({ partition }) => partition === records[0]?.partition);
      const sorted = together
        ? sortedBy(records, ({ offset }) => offset)
        : sortedBy(
            records,
            ({ appendedAt }) => appendedAt,
            ({ partition }) => partition,
            ({ offset }) => offset,
          );
      return [key, sorted];
    }),
  );

export const indexEvidence = (evidence: Evidence): EvidenceIndex => {
  const injected = new Map(evidence.injected.rows.map((row) => [`${row.partition}/${row.offset}`, row.kind]));
  const isInjected = (record: LogRecord): 'duplicate' | 'poison' | undefined =>
    injected.get(`${record.partition}/${record.offset}`);
  const eventRecords = evidence.log.rows.filter((record) => isInjected(record) !== 'poison');
  return {
    ...evidence,
    orderById: new Map(evidence.orders.rows.map((row) => [row.orderId, row])),
    ordersByCustomer: groupBy(evidence.orders.rows, (row) => row.customerId),
    operationsByOrder: groupBy(evidence.history.rows, (row) => row.orderId),
    outboxByEvent: new Map(evidence.outbox.rows.map((row) => [row.eventId, row])),
    outboxByOrder: groupBy(
      sortedBy(evidence.outbox.rows, (row) => row.sequence),
      (row) => row.orderId,
    ),
    skippedByEvent: new Map(evidence.skipped.rows.map((row) => [row.eventId, row])),
    skippedByOrder: groupBy(evidence.skipped.rows, (row) => row.orderId),
    attemptsByEvent: groupBy(
      sortedBy(evidence.attempts.rows, (row) => row.id),
      (row) => row.eventId,
    ),
    auditByEvent: groupBy(
      sortedBy(evidence.audit.rows, (row) => row.id),
      (row) => row.eventId,
    ),
    logByOrder: inLogOrder(groupBy(eventRecords, (row) => row.key)),
    logByEvent: inLogOrder(groupBy(eventRecords, (row) => row.headers['ce_id'])),
    effectsByOrder: groupBy(
      sortedBy(evidence.effects.rows, (row) => row.id),
      (row) => row.orderId,
    ),
    callbacksByOrder: groupBy(evidence.callbacks.rows, (row) => row.orderId),
    inboxByOrder: groupBy(
      sortedBy(evidence.inbox.rows, (row) => row.sequence),
      (row) => row.orderId,
    ),
    eventRecords,
    isInjected,
  };
};
