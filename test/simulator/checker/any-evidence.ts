import fc from 'fast-check';
import { SOURCE_NAMES } from '../../../simulator/checker/evidence.ts';
import type { Evidence, SourceName } from '../../../simulator/checker/evidence.ts';
import { adding, aRun, eventId, orderId, START, unseen, withRows } from './evidence-builder.ts';

/*
 * Runs of every kind, most of them broken in several ways at once: rows lost, doubled, or with a field of another
 * row, so that events, orders and customers get mixed up.
 */

const lives = fc.constantFrom(
  ['OrderPlaced'],
  ['OrderPlaced', 'OrderCancelled'],
  ['OrderPlaced', 'OrderPaid'],
  ['OrderPlaced', 'OrderPaid', 'OrderShipped', 'OrderDelivered'],
);

type Change = (evidence: Evidence) => Evidence;

const mixed = <Row extends object>(into: Row, from: Row, field: number): Row => {
  const names = Object.keys(into);
  const name = names[field % names.length] ?? '';
  const entries: readonly (readonly [string, unknown])[] = Object.entries(from);
  const entry = entries.find(([other]) => other === name);
  return entry === undefined ? into : { ...into, [name]: entry[1] };
};

const index = fc.nat(999);
const source = fc.constantFrom(...SOURCE_NAMES);
const onRow =
  (name: SourceName, which: number, change: <Row>(row: Row) => readonly Row[]): Change =>
  (evidence) =>
    withRows(evidence, name, (all) => all.flatMap((row, at) => (at === which % all.length ? change(row) : [row])));

const lost = fc.tuple(source, index).map(([name, which]): Change => onRow(name, which, () => []));
const doubled = fc.tuple(source, index).map(([name, which]): Change => onRow(name, which, (row) => [row, row]));
const mixedUp = fc.tuple(source, index, index, index).map(
  ([name, which, other, field]): Change =>
    (evidence) =>
      withRows<SourceName>(evidence, name, (all) => {
        const from = all[other % all.length];
        return all.map((row, at) => (at === which % all.length && from !== undefined ? mixed(row, from, field) : row));
      }),
);
const headersMixedUp = fc.tuple(index, index, index).map(
  ([which, other, field]): Change =>
    (evidence) =>
      withRows(evidence, 'log', (all) =>
        all.map((row, at) =>
          at === which % all.length
            ? { ...row, headers: mixed(row.headers, all[other % all.length]?.headers ?? {}, field) }
            : row,
        ),
      ),
);
const keyless = index.map(
  (which): Change =>
    (evidence) =>
      withRows(evidence, 'log', (all) =>
        all.map((row, at) => (at === which % all.length ? { ...row, key: null } : row)),
      ),
);
const gap = source.map(
  (name): Change =>
    (evidence) =>
      unseen(evidence, name),
);

const anEvent = fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 4 }));
const added = fc
  .tuple(anEvent, fc.nat(100_000), fc.integer({ min: 1, max: 8 }), index)
  .chain(([[order, sequence], ms, number, id]) => {
    const named = { eventId: eventId(order, sequence), orderId: orderId(order), sequence };
    const at = START + ms;
    return fc.constantFrom<Change>(
      (evidence) => adding(evidence, 'quarantines', { ...named, firstSeenAt: at, lastSeenAt: at + 100 }),
      (evidence) =>
        adding(evidence, 'attempts', { id, eventId: named.eventId, attempt: number, failedAt: at, error: 'no' }),
      (evidence) =>
        adding(evidence, 'audit', { id, at, actor: 'ops', action: 'redrive', eventId: named.eventId, reason: null }),
      (evidence) =>
        adding(evidence, 'audit', { id, at, actor: 'ops', action: 'skip', eventId: named.eventId, reason: 'no' }),
      (evidence) => adding(evidence, 'purges', { id, at, actor: 'janitor', cutoff: at, purgedRows: number }),
      (evidence) => adding(evidence, 'waiting', { consumer: 'payment', ...named }),
      (evidence) =>
        adding(evidence, 'parked', {
          consumer: 'shipping',
          orderId: number > 4 ? null : named.orderId,
          eventId: null,
          partition: number % 6,
          offset: sequence,
          reason: 'odd',
        }),
      (evidence) =>
        adding(evidence, 'injected', {
          partition: number % 6,
          offset: sequence,
          kind: number > 4 ? 'poison' : 'duplicate',
        }),
      (evidence) =>
        adding(evidence, 'faults', { kind: 'relay-kill', target: 'relay', at, healedAt: number > 6 ? null : at + 900 }),
      (evidence) =>
        adding(evidence, 'callbacks', {
          consumer: 'payment',
          ...named,
          name: 'payment',
          status: number > 6 ? 'pending' : number > 4 ? 'refused' : 'delivered',
          answerStatus: null,
          createdAt: at,
          finishedAt: null,
        }),
      (evidence) =>
        withRows(evidence, 'history', (all) =>
          all.map((row, position) =>
            position === id % all.length ? { ...row, orderId: null, outcome: 'unknown', status: null } : row,
          ),
        ),
      (evidence) => ({ ...evidence, outboxReadAt: START + 200_000 }),
      (evidence) => ({ ...evidence, run: { ...evidence.run, closedLoop: true } }),
    );
  });

export const anyEvidence: fc.Arbitrary<Evidence> = fc
  .tuple(
    fc.array(lives, { minLength: 0, maxLength: 12 }),
    fc.array(fc.oneof(lost, doubled, mixedUp, mixedUp, headersMixedUp, keyless, gap, added, added), { maxLength: 8 }),
  )
  .map(([orders, changes]) => changes.reduce((evidence, change) => change(evidence), aRun(...orders)));
