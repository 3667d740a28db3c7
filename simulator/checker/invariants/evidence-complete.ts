import type { EvidenceIndex } from '../evidence-index.ts';
import { SOURCE_NAMES } from '../evidence.ts';
import type { ClientOperation } from '../evidence.ts';
import type { Invariant } from './invariant.ts';

/** Kinds of evidence without which a run shows nothing, however clean the rest looks. */
const unobserved = (evidence: EvidenceIndex): readonly string[] => [
  ...(evidence.history.rows.some(({ outcome }) => outcome === 'ok') ? [] : ['no client request succeeded']),
  ...(evidence.orders.rows.length > 0 ? [] : ['no order was seen']),
  ...(evidence.eventRecords.length > 0 ? [] : ['no event was seen in the log']),
  ...(evidence.run.consumers.length > 0 ? [] : ['no consumer took part']),
  ...evidence.run.consumers
    .filter((consumer) => !evidence.inbox.rows.some((row) => row.consumer === consumer))
    .map((consumer) => `${consumer} was not seen to apply any event`),
];

const contradicts = ({ outcome, status }: ClientOperation): boolean => {
  const success = status !== null && status >= 200 && status < 300;
  const refusal = status !== null && status >= 400 && status < 500;
  return (outcome === 'ok' && !success) || (outcome === 'fail' && !refusal);
};

export const evidenceComplete: Invariant = {
  id: 18,
  name: 'All evidence was there to be seen',
  needs: SOURCE_NAMES,
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const odd = evidence.history.rows.filter(contradicts);
    return {
      checked: SOURCE_NAMES.length,
      violations: [],
      undecided: [
        ...unobserved(evidence),
        ...(odd.length > 0 ? [`the outcome of ${odd.length} client requests contradicts their status`] : []),
      ],
    };
  },
};
