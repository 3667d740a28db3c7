import type { EvidenceIndex } from '../evidence-index.ts';
import type { LogRecord } from '../evidence.ts';
import { counted } from '../counted.ts';
import { handlingBy } from '../facts/handled.ts';
import { missingRows, purgedTotal } from '../facts/purged.ts';
import { sequenceOf } from '../read-headers.ts';
import type { Invariant, Violation } from './invariant.ts';

const placeOf = ({ partition, offset }: LogRecord): string => `partition ${partition}, offset ${offset}`;

/** Rows that are gone must be the oldest of their orders, published, before a cutoff, and a purge must tell of them. */
const checkGone = (evidence: EvidenceIndex): readonly Violation[] => {
  const purged = purgedTotal(evidence) > 0;
  const latest = evidence.purges.rows.reduce((last, { cutoff }) => Math.max(last, cutoff), -Infinity);
  return missingRows(evidence).flatMap(({ orderId, sequence, record, atFront }): readonly Violation[] => {
    const about = { orderId, eventId: record?.headers['ce_id'], absentFrom: ['outbox', 'purges'] as const };
    // Without any purge a sequence that is nowhere was never written: a matter of other invariants.
    if (record === undefined)
      return purged
        ? [
            {
              ...about,
              summary: `The row of event ${sequence} is gone, and the event was never published.`,
              expected: 'only published rows are removed',
              seen: 'no record of it in the log',
              absentFrom: ['outbox', 'purges', 'log'],
            },
          ]
        : [];
    if (!purged)
      return [
        {
          ...about,
          summary: `The row of event ${sequence} is gone, and no purge is on record.`,
          expected: 'the row, or a purge that accounts for it',
          seen: `the event at ${placeOf(record)}, no purges`,
        },
      ];
    if (!atFront)
      return [
        {
          ...about,
          summary: `The row of event ${sequence} is gone, and those of earlier events are still there.`,
          expected: 'retention removes the oldest rows of an order first',
          seen: `rows ${(evidence.outboxByOrder.get(orderId) ?? []).map((row) => row.sequence).join(', ')}`,
        },
      ];
    const occurredAt = Date.parse(record.headers['ce_time'] ?? '');
    if (!(occurredAt > latest + evidence.run.clockToleranceMs)) return [];
    return [
      {
        ...about,
        summary: `The row of event ${sequence} is gone before its time.`,
        expected: `only what was published before ${new Date(latest).toISOString()}`,
        seen: `the event occurred ${new Date(occurredAt).toISOString()}`,
      },
    ];
  });
};

/** A row that was seen unsettled (quarantined, or with a failed attempt) and is gone, though its event was neither skipped nor published. */
const checkUnsettled = (evidence: EvidenceIndex): readonly Violation[] => {
  const seen = new Map([
    ...[...evidence.attemptsByEvent.keys()].map((eventId) => [eventId, 'a failed attempt'] as const),
    ...evidence.quarantines.rows.map(({ eventId }) => [eventId, 'QUARANTINED'] as const),
  ]);
  return [...seen]
    .filter(
      ([eventId]) =>
        !evidence.outboxByEvent.has(eventId) &&
        !evidence.skippedByEvent.has(eventId) &&
        !(evidence.logByEvent.get(eventId) ?? []).some((record) => evidence.isInjected(record) === undefined),
    )
    .map(([eventId, sign]): Violation => ({
      summary: 'A row that was neither published nor skipped is gone from the outbox.',
      eventId,
      expected: 'PENDING and QUARANTINED rows stay',
      seen: `${sign} while the run went on; at its end no row, no skip, no record`,
      absentFrom: ['outbox', 'skipped', 'log'],
    }));
};

/** A consumer that is past a record still on the topic would apply it again if it came again, unless it remembers it. */
const checkInbox = (evidence: EvidenceIndex, records: readonly LogRecord[], consumer: string): readonly Violation[] => {
  const handling = handlingBy(evidence, consumer);
  const committed = new Map(
    evidence.committedOffsets.rows
      .filter((row) => row.consumer === consumer)
      .map(({ partition, offset }) => [partition, offset]),
  );
  const lastSequence = new Map(
    evidence.consumerOrders.rows
      .filter((row) => row.consumer === consumer)
      .map(({ orderId, lastSequence: last, baselineSequence }) => [orderId, { last, first: baselineSequence ?? 1 }]),
  );
  return records
    .filter((record) => {
      if (handling(record) !== undefined) return false;
      const sequence = sequenceOf(record.headers) ?? Infinity;
      const span = lastSequence.get(record.key ?? '') ?? { first: 1, last: 0 };
      const isPast = sequence >= span.first && sequence <= span.last;
      return isPast || record.offset < (committed.get(record.partition) ?? 0);
    })
    .map((record): Violation => ({
      summary: `${consumer} is past an event that is still on the topic, and its inbox does not know it.`,
      orderId: record.key ?? undefined,
      eventId: record.headers['ce_id'],
      expected: 'an inbox row for as long as the record can be read again',
      seen: `none; the record lies at ${placeOf(record)}`,
      absentFrom: ['inbox', 'waiting', 'parked', 'consumerOrders', 'skipped'],
    }));
};

export const retention: Invariant = {
  id: 17,
  name: 'Retention removes only published rows, and a consumer’s inbox outlives the topic',
  needs: [
    'orders',
    'outbox',
    'skipped',
    'attempts',
    'quarantines',
    'purges',
    'log',
    'partitionEnds',
    'inbox',
    'waiting',
    'parked',
    'consumerOrders',
    'committedOffsets',
  ],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const starts = new Map(evidence.partitionEnds.rows.map(({ partition, logStart }) => [partition, logStart]));
    const onTopic = evidence.eventRecords.filter(({ partition, offset }) => offset >= (starts.get(partition) ?? 0));
    return {
      checked: onTopic.length,
      violations: [
        ...checkGone(evidence),
        ...checkUnsettled(evidence),
        ...evidence.run.consumers.flatMap((consumer) => checkInbox(evidence, onTopic, consumer)),
      ],
    };
  },
  whole: (_totals, frame) => ({
    notes: [`removed by purges: ${counted(purgedTotal(frame), 'row')}`],
  }),
};
