import type { EffectRow } from '../evidence.ts';
import { groupBy } from '../group-by.ts';
import type { Invariant, Violation } from './invariant.ts';

/** Effects a consumer has more than once for one event. Of different kinds (a charge, its refund) they are different effects. */
export const doubledEffects = (effects: readonly EffectRow[]): readonly (readonly EffectRow[])[] => {
  const repeated = [...groupBy(effects, ({ eventId }) => eventId).values()].filter(({ length }) => length > 1);
  return repeated
    .flatMap((ofEvent) => [...groupBy(ofEvent, ({ consumer, kind }) => JSON.stringify([consumer, kind])).values()])
    .filter(({ length }) => length > 1);
};

export const oneEffect: Invariant = {
  id: 10,
  name: 'A consumer’s effect for one event happened once, and for an event that is in the log',
  needs: ['effects', 'inbox', 'log'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const doubled = doubledEffects(evidence.effects.rows).map((effects): Violation => ({
      summary: `${effects[0]?.consumer ?? ''} did one thing ${effects.length} times for one event: ${effects[0]?.kind ?? ''}.`,
      orderId: effects[0]?.orderId,
      eventId: effects[0]?.eventId,
      expected: 'one effect',
      seen: effects.map(({ id, appliedAt }) => `effect ${id} at ${new Date(appliedAt).toISOString()}`).join(', '),
    }));
    const baseless: Violation[] = [];
    const noted = new Set(evidence.inbox.rows.map(({ consumer, eventId }) => `${consumer}/${eventId}`));
    for (const effect of evidence.effects.rows) {
      const about = { orderId: effect.orderId, eventId: effect.eventId };
      const record = evidence.logByEvent.get(effect.eventId)?.[0];
      if (record === undefined)
        baseless.push({
          ...about,
          summary: `${effect.consumer} acted on an event that is not in the log: ${effect.kind}.`,
          expected: 'a record with this event ID',
          seen: 'none',
          absentFrom: ['log'],
        });
      else if (record.key !== effect.orderId)
        baseless.push({
          ...about,
          summary: `${effect.consumer} acted on another order than its event says: ${effect.kind}.`,
          expected: `order ${record.key ?? 'none'}`,
          seen: `order ${effect.orderId}`,
        });
      if (!noted.has(`${effect.consumer}/${effect.eventId}`))
        baseless.push({
          ...about,
          summary: `${effect.consumer} acted on an event without taking note of it: ${effect.kind}.`,
          expected: 'an inbox row in the transaction of the effect',
          seen: 'none',
          absentFrom: ['inbox'],
        });
    }
    // A double effect says all there is to say; what else such a consumer forgot to write must not hide it.
    const others = baseless.map((violation) => ({ ...violation, secondary: true }));
    return { checked: evidence.effects.rows.length, violations: [...doubled, ...others] };
  },
};
