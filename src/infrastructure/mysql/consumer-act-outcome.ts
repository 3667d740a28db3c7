import * as t from 'io-ts';
import { ACT_OUTCOMES } from '../../application/ports/consumer-act-log.ts';
import type { ActOutcome, SettledAct } from '../../application/ports/consumer-act-log.ts';

/** Joins to act `a` what became of it, as `o`: what the consumer said once and for all, else what was noted last. */
export const OUTCOME_OF_ACT = `
LEFT JOIN LATERAL (
  SELECT outcome, detail FROM consumer_act_outcomes noted
   WHERE noted.request_id = a.request_id AND noted.order_id = a.order_id
   ORDER BY noted.outcome = 'released' DESC, noted.outcome = 'not-parked' DESC, noted.id DESC LIMIT 1
) AS o ON TRUE`;

const isOutcome = (text: unknown): text is ActOutcome => ACT_OUTCOMES.some((outcome) => outcome === text);
const Outcome = new t.Type<ActOutcome, string>(
  'ActOutcome',
  isOutcome,
  (input, context) => (isOutcome(input) ? t.success(input) : t.failure(input, context)),
  String,
);

export const OutcomeColumns = { outcome: t.union([Outcome, t.null]), detail: t.union([t.string, t.null]) };

/** Where nothing was noted, whoever was to note it did not get to it. */
export const outcomeOf = ({
  outcome,
  detail,
}: {
  readonly outcome: ActOutcome | null;
  readonly detail: string | null;
}): Pick<SettledAct, 'outcome' | 'detail'> => ({ outcome: outcome ?? 'unknown', detail });
