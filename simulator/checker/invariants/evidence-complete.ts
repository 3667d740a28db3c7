import { SOURCE_NAMES } from '../evidence.ts';
import type { Evidence } from '../evidence.ts';
import type { Totals } from '../facts/totals.ts';
import { NOTHING } from './invariant.ts';
import type { Invariant } from './invariant.ts';

/** Kinds of evidence without which a run shows nothing, however clean the rest looks. */
const unobserved = (totals: Totals, { run: { consumers } }: Evidence): readonly string[] => [
  ...(totals.succeeded > 0 ? [] : ['no client request succeeded']),
  ...(totals.orders > 0 ? [] : ['no order was seen']),
  ...(totals.eventRecords > 0 ? [] : ['no event was seen in the log']),
  ...(consumers.length > 0 ? [] : ['no consumer took part']),
  ...consumers
    .filter((consumer) => !totals.applied.has(consumer))
    .map((consumer) => `${consumer} was not seen to apply any event`),
];

export const evidenceComplete: Invariant = {
  id: 18,
  name: 'All evidence was there to be seen',
  needs: SOURCE_NAMES,
  whenNothingToCheck: 'unknown',
  check: () => NOTHING,
  whole: (totals, frame) => ({
    checked: SOURCE_NAMES.length,
    undecided: [
      ...unobserved(totals, frame),
      ...(totals.contradicting > 0
        ? [`the outcome of ${totals.contradicting} client requests contradicts their status`]
        : []),
    ],
  }),
};
