import type { Observation } from '../ports/examination.ts';

/** Kinds of what may not be, in the order in which they are told. */
export const DISCREPANCIES = {
  totals: 'the versions of all orders are not as many as the events that were written',
  orphan: 'events whose order does not exist',
  version: 'orders whose version is not the sequence of their last event',
  gap: 'orders with a gap in the sequence of their events',
  lane: 'events in another partition than their order’s',
  overtaken: 'orders with a published event behind one that is not',
  disorder: 'orders whose events lie on the topic in another order than they happened',
  phantom: 'records on the topic that the outbox never had',
  differs: 'records that are not what the outbox has under their event ID',
  lost: 'events marked COMPLETED that are not on the topic where their row says',
} as const;
export type DiscrepancyKind = keyof typeof DISCREPANCIES;

const EXAMPLES = 5;

const MEND =
  'stop the relays before anything else is published, keep both sides as they are, and follow docs/runbooks/tables-and-topic-differ.md';

/** Counts what does not fit, and keeps a few examples of each kind, however many there are. */
export class Discrepancies {
  private readonly found = new Map<DiscrepancyKind, { count: number; readonly examples: string[] }>();

  note(kind: DiscrepancyKind, example: string): void {
    const entry = this.found.get(kind) ?? { count: 0, examples: [] };
    entry.count += 1;
    if (entry.examples.length < EXAMPLES) entry.examples.push(example);
    this.found.set(kind, entry);
  }

  observations(): readonly Observation[] {
    const kinds = [...this.found.keys()];
    return kinds.map((kind) => {
      const { count, examples } = this.found.get(kind) ?? { count: 0, examples: [] };
      const more = count > examples.length ? ', …' : '';
      return { state: 'fail', says: `${count} × ${DISCREPANCIES[kind]}: ${examples.join('; ')}${more}`, mend: MEND };
    });
  }
}
