import type { EvidenceIndex } from '../evidence-index.ts';
import type { ClientOperation } from '../evidence.ts';
import { eventDelays } from './delays.ts';
import type { EventDelay } from './delays.ts';
import { missingRows, purgedRowsOf } from './purged.ts';

/** A sum of delays in whole microseconds, so that it is the same in whatever order they are added. */
export interface DelaySum {
  readonly count: number;
  readonly micros: number;
}

/** What only adds up over all orders of a run. */
export interface Totals {
  readonly operations: number;
  /** Requests of any kind that succeeded. */
  readonly succeeded: number;
  /** Requests to place an order. */
  readonly placedOk: number;
  readonly placedUnknown: number;
  /** Requests whose outcome contradicts their status. */
  readonly contradicting: number;
  readonly orders: number;
  /** Of all orders. */
  readonly versions: number;
  readonly outboxRows: number;
  readonly completed: number;
  /** In the log, and their row does not say so. */
  readonly unmarked: number;
  readonly skippedInLog: number;
  /** Rows that are gone though the version of their order promises them. */
  readonly missingRows: number;
  /** Of these, the ones that a purge may have removed. */
  readonly purgedRows: number;
  readonly logRecords: number;
  /** Without injected poison. */
  readonly eventRecords: number;
  readonly distinctEvents: number;
  /** By consumer. */
  readonly applied: ReadonlyMap<string, number>;
  readonly calm: DelaySum;
  readonly underFaults: DelaySum;
  readonly slowestCalm: EventDelay | undefined;
}

const contradicts = ({ outcome, status }: ClientOperation): boolean => {
  const success = status !== null && status >= 200 && status < 300;
  const refusal = status !== null && status >= 400 && status < 500;
  return (outcome === 'ok' && !success) || (outcome === 'fail' && !refusal);
};

const count = <Row>(rows: readonly Row[], which: (row: Row) => boolean): number =>
  rows.reduce((sum, row) => (which(row) ? sum + 1 : sum), 0);

const sumOf = (delays: readonly EventDelay[], group: EventDelay['group']): DelaySum => {
  let known = 0;
  let micros = 0;
  for (const { group: its, publishMs } of delays) {
    if (its !== group || publishMs === null) continue;
    known += 1;
    micros += Math.round(publishMs * 1_000);
  }
  return { count: known, micros };
};

/** The later of two equally slow events is the one with the higher ID, so that the answer depends on no order of reading. */
const slower = (a: EventDelay | undefined, b: EventDelay | undefined): EventDelay | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  const difference = (a.publishMs ?? -1) - (b.publishMs ?? -1);
  if (difference !== 0) return difference > 0 ? a : b;
  return a.row.eventId > b.row.eventId ? a : b;
};

export const totalsOf = (evidence: EvidenceIndex): Totals => {
  const { history, orders, outbox, skipped, inbox } = evidence;
  const delays = eventDelays(evidence);
  const missing = missingRows(evidence);
  const applied = new Map<string, number>();
  for (const { consumer } of inbox.rows) applied.set(consumer, (applied.get(consumer) ?? 0) + 1);
  return {
    operations: history.rows.length,
    succeeded: count(history.rows, ({ outcome }) => outcome === 'ok'),
    placedOk: count(history.rows, ({ kind, outcome }) => kind === 'place' && outcome === 'ok'),
    placedUnknown: count(history.rows, ({ kind, outcome }) => kind === 'place' && outcome === 'unknown'),
    contradicting: count(history.rows, contradicts),
    orders: orders.rows.length,
    versions: orders.rows.reduce((sum, { version }) => sum + version, 0),
    outboxRows: outbox.rows.length,
    completed: count(outbox.rows, ({ status }) => status === 'COMPLETED'),
    unmarked: count(outbox.rows, ({ status, eventId }) => status !== 'COMPLETED' && evidence.logByEvent.has(eventId)),
    skippedInLog: count(skipped.rows, ({ eventId }) => evidence.logByEvent.has(eventId)),
    missingRows: missing.length,
    purgedRows: count(missing, ({ orderId, sequence }) => purgedRowsOf(evidence, orderId).has(sequence)),
    logRecords: evidence.log.rows.length,
    eventRecords: evidence.eventRecords.length,
    distinctEvents: evidence.logByEvent.size,
    applied,
    calm: sumOf(delays, 'calm'),
    underFaults: sumOf(delays, 'fault'),
    slowestCalm: delays.filter(({ group }) => group === 'calm').reduce<EventDelay | undefined>(slower, undefined),
  };
};

const addSums = (a: DelaySum, b: DelaySum): DelaySum => ({ count: a.count + b.count, micros: a.micros + b.micros });

export const addTotals = (a: Totals, b: Totals): Totals => ({
  operations: a.operations + b.operations,
  succeeded: a.succeeded + b.succeeded,
  placedOk: a.placedOk + b.placedOk,
  placedUnknown: a.placedUnknown + b.placedUnknown,
  contradicting: a.contradicting + b.contradicting,
  orders: a.orders + b.orders,
  versions: a.versions + b.versions,
  outboxRows: a.outboxRows + b.outboxRows,
  completed: a.completed + b.completed,
  unmarked: a.unmarked + b.unmarked,
  skippedInLog: a.skippedInLog + b.skippedInLog,
  missingRows: a.missingRows + b.missingRows,
  purgedRows: a.purgedRows + b.purgedRows,
  logRecords: a.logRecords + b.logRecords,
  eventRecords: a.eventRecords + b.eventRecords,
  distinctEvents: a.distinctEvents + b.distinctEvents,
  applied: new Map(
    [...new Set([...a.applied.keys(), ...b.applied.keys()])].map((consumer) => [
      consumer,
      (a.applied.get(consumer) ?? 0) + (b.applied.get(consumer) ?? 0),
    ]),
  ),
  calm: addSums(a.calm, b.calm),
  underFaults: addSums(a.underFaults, b.underFaults),
  slowestCalm: slower(a.slowestCalm, b.slowestCalm),
});
