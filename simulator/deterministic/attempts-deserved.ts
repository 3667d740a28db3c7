import type { EvidenceIndex } from '../checker/evidence-index.ts';
import type { AttemptRow } from '../checker/evidence.ts';
import type { Invariant, Violation } from '../checker/invariants/invariant.ts';
import type { BrokerAnswer } from './broker.ts';

/** Sent with no other record. Only such a request says something about its event: Kafka refuses whole batches. */
const isAlone = ({ records: [only, ...others] }: BrokerAnswer, eventId: string): boolean =>
  only?.eventId === eventId && others.length === 0;

/** The broker refused the event itself, or failed it for an unknown reason and then took another order in its lane. */
const isOwnFailure = (answer: BrokerAnswer, until: number, answers: readonly BrokerAnswer[]): boolean => {
  if (answer.kind === 'event') return true;
  if (answer.kind !== 'unknown') return false;
  const orderKey = answer.records[0]?.orderKey;
  return answers.some(
    ({ kind, lane, at, records }) =>
      kind === 'stored' &&
      lane === answer.lane &&
      at >= answer.at &&
      at <= until &&
      records.some((record) => record.orderKey !== orderKey),
  );
};

/** Each attempt needs a failure of its own, since the one before it. */
const undeserved = (attempts: readonly AttemptRow[], answers: readonly BrokerAnswer[]): readonly AttemptRow[] =>
  attempts.filter(({ eventId, failedAt }, place) => {
    const since = attempts[place - 1]?.failedAt ?? Number.NEGATIVE_INFINITY;
    return !answers.some(
      (answer) =>
        isAlone(answer, eventId) &&
        answer.at >= since &&
        answer.at <= failedAt &&
        isOwnFailure(answer, failedAt, answers),
    );
  });

const violation = (
  evidence: EvidenceIndex,
  { eventId, attempt, failedAt, error }: AttemptRow,
  answers: readonly BrokerAnswer[],
): Violation => {
  const met = answers.filter(({ at, records }) => at <= failedAt && records.some((one) => one.eventId === eventId));
  const kinds = met.map(({ kind, records }) => (records.length === 1 ? kind : `${kind} (one of ${records.length})`));
  return {
    summary: 'An attempt was spent on a failure that was not the event’s own.',
    orderId: (evidence.outboxByEvent.get(eventId) ?? evidence.skippedByEvent.get(eventId))?.orderId,
    eventId,
    expected: 'refused alone, or failed alone for an unknown reason before another order got through in its lane',
    seen: `attempt ${attempt}: ${error}; until then the broker answered its requests: ${kinds.join(', ') || 'none'}`,
  };
};

/**
 * An outage spends nothing: not one that refuses, not one that does not answer, not the network. That needs what the
 * broker really answered, which only a model of it can tell; so it is judged here and not in runs of real servers, by
 * an ID beyond those of the checker. How long ago a failure for an unknown reason may be is not judged: a paused relay
 * hears late of it.
 */
export const attemptsDeserved = (answers: readonly BrokerAnswer[]): Invariant => ({
  id: 20,
  name: 'Only failures of its own spend the attempts of an event',
  needs: ['attempts'],
  whenNothingToCheck: 'pass',
  check: (evidence) => ({
    checked: evidence.attempts.rows.length,
    violations: [...evidence.attemptsByEvent.values()].flatMap((attempts) =>
      undeserved(attempts, answers).map((attempt) => violation(evidence, attempt, answers)),
    ),
  }),
});
