import { counted } from '../counted.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { LogRecord, SourceName } from '../evidence.ts';
import { handlingBy } from '../facts/handled.ts';
import type { Handling } from '../facts/handled.ts';
import { hadItsMinute } from '../facts/rest.ts';
import type { Findings, Invariant, Violation } from './invariant.ts';

interface Equation {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
  readonly holds: boolean;
  readonly absentFrom: readonly SourceName[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

const equations = (evidence: EvidenceIndex): readonly Equation[] => {
  const placed = evidence.history.rows.filter(({ kind }) => kind === 'place');
  const ok = placed.filter(({ outcome }) => outcome === 'ok').length;
  const unknown = placed.filter(({ outcome }) => outcome === 'unknown').length;
  const orders = evidence.orders.rows.length;
  const versions = sum(evidence.orders.rows.map(({ version }) => version));
  const inLog = (eventId: string): boolean => evidence.logByEvent.has(eventId);
  const completed = evidence.outbox.rows.filter(({ status }) => status === 'COMPLETED').length;
  const unsettled = evidence.outbox.rows.filter(
    ({ status, eventId }) => status !== 'COMPLETED' && inLog(eventId),
  ).length;
  const skipped = evidence.skipped.rows.filter(({ eventId }) => inLog(eventId)).length;
  const distinct = evidence.logByEvent.size;
  const offsets = sum(evidence.partitionEnds.rows.map(({ logEnd }) => logEnd));
  return [
    {
      what: 'orders the clients placed and orders in the table',
      expected: unknown === 0 ? counted(ok, 'order') : `${ok} to ${ok + unknown} orders`,
      seen: counted(orders, 'order'),
      holds: orders >= ok && orders <= ok + unknown,
      absentFrom: ['history', 'orders'],
    },
    {
      what: 'versions of the orders and rows of the outbox',
      expected: counted(versions, 'event'),
      seen: counted(evidence.outbox.rows.length, 'event'),
      holds: versions === evidence.outbox.rows.length,
      absentFrom: ['orders', 'outbox'],
    },
    {
      what: 'events said to be published and different events in the log',
      expected: `${completed} COMPLETED, ${unsettled} not yet marked and ${skipped} skipped: ${completed + unsettled + skipped}`,
      seen: counted(distinct, 'event'),
      holds: distinct === completed + unsettled + skipped,
      absentFrom: ['outbox', 'skipped', 'log', 'injected'],
    },
    {
      what: 'offsets of the topic and records read',
      expected: counted(offsets, 'offset'),
      seen: counted(evidence.log.rows.length, 'record'),
      holds: offsets === evidence.log.rows.length,
      absentFrom: ['log', 'partitionEnds'],
    },
  ];
};

/** Keys under which the simulator wrote poison: consumers rightly park those orders. */
const poisonedOrders = (evidence: EvidenceIndex): ReadonlySet<string | null> =>
  new Set(evidence.log.rows.filter((record) => evidence.isInjected(record) === 'poison').map(({ key }) => key));

const describe = (handling: Handling | undefined): string =>
  handling === undefined ? 'no trace of it' : `it is ${handling}`;

/** Every published event arrived at every consumer and was applied. */
const checkArrival = (evidence: EvidenceIndex, consumer: string): Findings => {
  const handling = handlingBy(evidence, consumer);
  const poisoned = poisonedOrders(evidence);
  const open = evidence.eventRecords
    .map((record): readonly [LogRecord, Handling | undefined] => [record, handling(record)])
    .filter(([record, how]) => how !== 'applied' && how !== 'skipped over' && !poisoned.has(record.key));
  const late = open.filter(([record]) => hadItsMinute(evidence, record.appendedAt));
  return {
    checked: evidence.eventRecords.length,
    violations: late.map(([record, how]): Violation => ({
      summary: `A published event was not applied by ${consumer}.`,
      orderId: record.key ?? undefined,
      eventId: record.headers['ce_id'],
      expected: 'applied',
      seen: `${describe(how)}; it lies at partition ${record.partition}, offset ${record.offset}`,
      absentFrom: ['inbox', 'consumerOrders', 'injected', 'faults'],
    })),
    undecided:
      open.length === late.length
        ? []
        : [`still to be applied by ${consumer} when the run was read: ${counted(open.length - late.length, 'event')}`],
  };
};

export const countsReconcile: Invariant = {
  id: 16,
  name: 'Counts reconcile: clients, tables, log, and what each consumer applied',
  needs: ['history', 'orders', 'outbox', 'skipped', 'log', 'partitionEnds', 'inbox', 'consumerOrders'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const arrivals = evidence.run.consumers.map((consumer) => checkArrival(evidence, consumer));
    return {
      checked: evidence.history.rows.length + evidence.log.rows.length,
      violations: [
        ...arrivals.flatMap(({ violations }) => violations),
        ...equations(evidence)
          .filter(({ holds }) => !holds)
          .map(({ what, expected, seen, absentFrom }): Violation => ({
            summary: `Counts do not agree: ${what}.`,
            expected,
            seen,
            absentFrom,
          })),
      ],
      undecided: arrivals.flatMap(({ undecided }) => undecided ?? []),
    };
  },
};
