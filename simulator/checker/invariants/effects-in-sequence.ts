import type { EvidenceIndex } from '../evidence-index.ts';
import type { EffectRow } from '../evidence.ts';
import { groupBy } from '../group-by.ts';
import { handlingBy } from '../facts/handled.ts';
import { sequenceOf } from '../read-headers.ts';
import type { Invariant, Violation } from './invariant.ts';

/** Effects of one consumer on one order, in the order in which they were written. */
const byConsumerAndOrder = (effects: readonly EffectRow[]): readonly (readonly EffectRow[])[] => {
  const byConsumer = groupBy(effects, ({ consumer }) => consumer);
  const groups = [...byConsumer.values()].flatMap((own) => [...groupBy(own, ({ orderId }) => orderId).values()]);
  return groups.map((group) => group.sort((a, b) => a.id - b.id));
};

/** The first effect that was written after one of a later event. */
export const outOfSequence = (
  effects: readonly EffectRow[],
): readonly { readonly effect: EffectRow; readonly after: EffectRow }[] =>
  byConsumerAndOrder(effects).flatMap((group) => {
    let highest: EffectRow | undefined;
    // A later effect of an event seen before (a refund after a refused charge) follows an answer, not the log.
    const known = new Set<string>();
    for (const effect of group) {
      if (highest !== undefined && effect.sequence < highest.sequence && !known.has(effect.eventId))
        return [{ effect, after: highest }];
      known.add(effect.eventId);
      if (highest === undefined || effect.sequence > highest.sequence) highest = effect;
    }
    return [];
  });

/** Events that the topic no longer has: their consumers may have forgotten them too. */
const offTopic = (evidence: EvidenceIndex): ReadonlySet<string> => {
  const starts = new Map(evidence.partitionEnds.rows.map(({ partition, logStart }) => [partition, logStart]));
  if (![...starts.values()].some((start) => start > 0)) return new Set();
  return new Set(
    evidence.eventRecords
      .filter(({ partition, offset }) => offset < (starts.get(partition) ?? 0))
      .map(({ key, headers }) => `${key ?? ''}/${sequenceOf(headers) ?? ''}`),
  );
};

/** A consumer took note of every sequence from its first to its last, as far as the topic still has them. */
const checkInbox = (evidence: EvidenceIndex): readonly Violation[] => {
  const inboxes = new Map(
    [...groupBy(evidence.inbox.rows, ({ consumer }) => consumer)].map(([consumer, rows]) => [
      consumer,
      groupBy(rows, ({ orderId }) => orderId),
    ]),
  );
  const gone = offTopic(evidence);
  return evidence.consumerOrders.rows.flatMap(
    ({ consumer, orderId, lastSequence, baselineSequence }): readonly Violation[] => {
      const seen = new Set((inboxes.get(consumer)?.get(orderId) ?? []).map(({ sequence }) => sequence));
      const first = baselineSequence ?? 1;
      const missing = Array.from({ length: lastSequence - first + 1 }, (_, index) => first + index).filter(
        (sequence) => !seen.has(sequence) && !gone.has(`${orderId}/${sequence}`),
      );
      const beyond = [...seen].some((sequence) => sequence < first || sequence > lastSequence);
      if (missing.length === 0 && !beyond) return [];
      return [
        {
          summary: `${consumer} says it has applied an order up to sequence ${lastSequence}, and its inbox says otherwise.`,
          orderId,
          expected: `sequences ${first} to ${lastSequence}`,
          seen: `sequences ${[...seen].sort((a, b) => a - b).join(', ')}`,
          absentFrom: ['inbox', 'consumerOrders'],
        },
      ];
    },
  );
};

const checkOffsets = (evidence: EvidenceIndex): readonly Violation[] =>
  evidence.run.consumers.flatMap((consumer) => {
    const handling = handlingBy(evidence, consumer);
    const committed = new Map(
      evidence.committedOffsets.rows
        .filter((row) => row.consumer === consumer)
        .map(({ partition, offset }) => [partition, offset]),
    );
    const passed = evidence.log.rows.filter(
      (record) => record.offset < (committed.get(record.partition) ?? 0) && handling(record) === undefined,
    );
    return passed.map((record): Violation => ({
      summary: `${consumer} committed an offset beyond a record that it shows no trace of.`,
      orderId: record.key ?? undefined,
      eventId: record.headers['ce_id'],
      expected: 'the event applied, stored or parked before its offset is committed',
      seen: `committed ${committed.get(record.partition) ?? 0} on partition ${record.partition}; nothing for offset ${record.offset}`,
      absentFrom: ['inbox', 'waiting', 'parked', 'consumerOrders', 'skipped'],
    }));
  });

export const effectsInSequence: Invariant = {
  id: 11,
  name: 'Consumers apply each order in sequence and commit no offset beyond what they handled',
  needs: ['effects', 'inbox', 'waiting', 'parked', 'consumerOrders', 'committedOffsets', 'log'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => ({
    checked: evidence.inbox.rows.length,
    violations: [
      ...outOfSequence(evidence.effects.rows).map(({ effect, after }): Violation => ({
        summary: `${effect.consumer} applied events of an order out of order: ${effect.sequence} after ${after.sequence}.`,
        orderId: effect.orderId,
        eventId: effect.eventId,
        expected: `${effect.kind} (${effect.sequence}) before ${after.kind} (${after.sequence})`,
        seen: `effect ${effect.id} after effect ${after.id}`,
      })),
      ...checkInbox(evidence),
      ...checkOffsets(evidence),
    ],
  }),
};
