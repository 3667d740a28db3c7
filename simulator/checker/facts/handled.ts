import type { EvidenceIndex } from '../evidence-index.ts';
import type { LogRecord } from '../evidence.ts';
import { sequenceOf } from '../read-headers.ts';
import { oncePer } from './once.ts';

/** What a consumer made of a record; `undefined` when it shows no trace of it. */
export type Handling = 'applied' | 'skipped over' | 'waiting' | 'parked';

type HandlingOf = (record: LogRecord) => Handling | undefined;

const handlingOf = (evidence: EvidenceIndex, consumer: string): HandlingOf => {
  const own = <Row extends { readonly consumer: string }>(rows: readonly Row[]): readonly Row[] =>
    rows.filter((row) => row.consumer === consumer);
  const inbox = new Map(own(evidence.inbox.rows).map((row) => [row.eventId, row]));
  const skippedSequences = new Set(
    own(evidence.inbox.rows)
      .filter(({ skipped }) => skipped)
      .map(({ orderId, sequence }) => `${orderId}/${sequence}`),
  );
  const waiting = new Set(own(evidence.waiting.rows).map(({ eventId }) => eventId));
  const parked = new Set(own(evidence.parked.rows).map(({ partition, offset }) => `${partition}/${offset}`));
  const orders = new Map(own(evidence.consumerOrders.rows).map((row) => [row.orderId, row]));
  return (record) => {
    const eventId = record.headers['ce_id'] ?? '';
    const sequence = sequenceOf(record.headers);
    if (inbox.has(eventId)) return 'applied';
    if (waiting.has(eventId)) return 'waiting';
    if (parked.has(`${record.partition}/${record.offset}`)) return 'parked';
    // An event and the skip that stands for it: whichever comes second has nothing left to do.
    const lastSequence = orders.get(record.key ?? '')?.lastSequence ?? 0;
    const settled = sequence !== null && sequence <= lastSequence;
    const skip = evidence.skippedByEvent.has(eventId) || record.headers['ce_type'] === 'EventSkipped';
    if (settled && (skip || skippedSequences.has(`${record.key ?? ''}/${sequence}`))) return 'skipped over';
    return undefined;
  };
};

const handlings = oncePer((evidence: EvidenceIndex) => {
  const known = new Map<string, HandlingOf>();
  return (consumer: string): HandlingOf => {
    const handling = known.get(consumer) ?? handlingOf(evidence, consumer);
    known.set(consumer, handling);
    return handling;
  };
});

/** Tells of each record what one consumer made of it, from that consumer's tables. */
export const handlingBy = (evidence: EvidenceIndex, consumer: string): HandlingOf => handlings(evidence)(consumer);
