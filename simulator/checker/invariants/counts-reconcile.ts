import { counted } from '../counted.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { Evidence, LogRecord, SourceName } from '../evidence.ts';
import { handlingBy } from '../facts/handled.ts';
import type { Handling } from '../facts/handled.ts';
import { purgedTotal } from '../facts/purged.ts';
import { hadItsMinute } from '../facts/rest.ts';
import type { Totals } from '../facts/totals.ts';
import type { Findings, Invariant, Violation } from './invariant.ts';

interface Equation {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
  readonly holds: boolean;
  readonly absentFrom: readonly SourceName[];
}

const equations = (totals: Totals, frame: Evidence): readonly Equation[] => {
  const { placedOk, placedUnknown, orders, versions, outboxRows, completed, unmarked, skippedInLog } = totals;
  const purged = purgedTotal(frame);
  const published = completed + unmarked + skippedInLog + purged;
  const offsets = frame.partitionEnds.rows.reduce((sum, { logEnd }) => sum + logEnd, 0);
  return [
    {
      what: 'orders the clients placed and orders in the table',
      expected: placedUnknown === 0 ? counted(placedOk, 'order') : `${placedOk} to ${placedOk + placedUnknown} orders`,
      seen: counted(orders, 'order'),
      holds: orders >= placedOk && orders <= placedOk + placedUnknown,
      absentFrom: ['history', 'orders'],
    },
    {
      what: 'versions of the orders and rows of the outbox',
      expected: counted(versions, 'event'),
      seen: `${counted(outboxRows, 'event')}${purged === 0 ? '' : ` and ${purged} purged`}`,
      holds: versions === outboxRows + purged,
      absentFrom: ['orders', 'outbox', 'purges'],
    },
    {
      what: 'events said to be published and different events in the log',
      expected: `${completed} COMPLETED, ${unmarked} not yet marked, ${skippedInLog} skipped and ${purged} purged: ${published}`,
      seen: counted(totals.distinctEvents, 'event'),
      holds: totals.distinctEvents === published,
      absentFrom: ['outbox', 'skipped', 'log', 'injected', 'purges'],
    },
    {
      what: 'offsets of the topic and records read',
      expected: counted(offsets, 'offset'),
      seen: counted(totals.logRecords, 'record'),
      holds: offsets === totals.logRecords,
      absentFrom: ['log', 'partitionEnds'],
    },
  ];
};

/** Keys under which the simulator wrote poison: consumers rightly park those orders. */
const poisonedOrders = (evidence: EvidenceIndex): ReadonlySet<string> =>
  new Set(
    evidence.log.rows.flatMap((record) =>
      record.key !== null && evidence.isInjected(record) === 'poison' ? [record.key] : [],
    ),
  );

const describe = (handling: Handling | undefined): string =>
  handling === undefined ? 'no trace of it' : `it is ${handling}`;

/** Every published event arrived at every consumer and was applied. */
const checkArrival = (evidence: EvidenceIndex, consumer: string): Findings => {
  const handling = handlingBy(evidence, consumer);
  const poisoned = poisonedOrders(evidence);
  const open = evidence.eventRecords
    .map((record): readonly [LogRecord, Handling | undefined] => [record, handling(record)])
    .filter(([record, how]) => how !== 'applied' && how !== 'skipped over' && !poisoned.has(record.key ?? ''));
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
    undecided: [
      {
        what: `still to be applied by ${consumer} when the run was read`,
        count: open.length - late.length,
        noun: 'event',
      },
    ],
  };
};

export const countsReconcile: Invariant = {
  id: 16,
  name: 'Counts reconcile: clients, tables, log, and what each consumer applied',
  needs: ['history', 'orders', 'outbox', 'skipped', 'log', 'partitionEnds', 'inbox', 'consumerOrders', 'purges'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const arrivals = evidence.run.consumers.map((consumer) => checkArrival(evidence, consumer));
    return {
      checked: evidence.history.rows.length + evidence.log.rows.length,
      violations: arrivals.flatMap(({ violations }) => violations),
      undecided: arrivals.flatMap(({ undecided }) => undecided ?? []),
    };
  },
  whole: (totals, frame) => ({
    violations: equations(totals, frame)
      .filter(({ holds }) => !holds)
      .map(({ what, expected, seen, absentFrom }) => ({
        summary: `Counts do not agree: ${what}.`,
        expected,
        seen,
        absentFrom,
        secondary: true,
      })),
  }),
};
