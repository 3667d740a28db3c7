import type { EvidenceIndex } from '../evidence-index.ts';
import type { LogRecord } from '../evidence.ts';
import { quarantinedEvents } from '../facts/quarantine.ts';
import type { QuarantinedEvent } from '../facts/quarantine.ts';
import { sequenceOf } from '../read-headers.ts';
import type { Invariant, Violation } from './invariant.ts';

/** LogAppendTime has whole milliseconds, rounded down; the audit has microseconds. */
const LOG_RESOLUTION_MS = 1;

/** Spans in which nothing of the order may pass: from the start (order holds anyway) to the first release, then from each later quarantine to its release. */
const closedSpans = (event: QuarantinedEvent): readonly (readonly [number, number])[] => {
  const releases = [...event.releasedAt].sort((a, b) => a - b);
  const first = releases[0];
  if (first === undefined) return [[-Infinity, Infinity]];
  const again = event.quarantinedAt
    .filter((at) => at > first)
    .map((at): readonly [number, number] => [at, releases.find((release) => release >= at) ?? Infinity]);
  return [[-Infinity, first], ...again];
};

/**
 * A request whose answer was lost, or that arrived late, may have stored the event all the same, and successors with
 * it: they follow it, as they must in any request, and pass nothing. All records of a request have one LogAppendTime.
 */
const followsInItsRequest = (
  records: readonly LogRecord[],
  { sequence }: QuarantinedEvent,
  { partition, offset, appendedAt }: LogRecord,
): boolean =>
  records.some(
    (own) =>
      sequenceOf(own.headers) === sequence &&
      own.partition === partition &&
      own.offset < offset &&
      own.appendedAt === appendedAt,
  );

const passing = (evidence: EvidenceIndex, event: QuarantinedEvent): readonly Violation[] => {
  const slack = evidence.run.clockToleranceMs + LOG_RESOLUTION_MS;
  const spans = closedSpans(event);
  const records = evidence.logByOrder.get(event.orderId) ?? [];
  const record = records.find(
    (candidate) =>
      !followsInItsRequest(records, event, candidate) &&
      (sequenceOf(candidate.headers) ?? 0) > event.sequence &&
      spans.some(([from, to]) => candidate.appendedAt > from + slack && candidate.appendedAt < to - slack),
  );
  if (record === undefined) return [];
  const release = event.releasedAt.find((at) => at > record.appendedAt);
  return [
    {
      summary: `Event ${sequenceOf(record.headers) ?? '?'} of an order passed event ${event.sequence} while that was quarantined.`,
      orderId: event.orderId,
      eventId: event.eventId,
      expected: `nothing after sequence ${event.sequence} before an audited redrive or skip`,
      seen: `published ${new Date(record.appendedAt).toISOString()} at partition ${record.partition}, offset ${record.offset}; ${release === undefined ? 'no release in the audit' : `released only ${new Date(release).toISOString()}`}`,
      ...(release === undefined ? { absentFrom: ['audit'] as const } : {}),
    },
  ];
};

export const quarantineHolds: Invariant = {
  id: 8,
  name: 'Nothing passes a quarantined event of its order before an audited release',
  needs: ['outbox', 'skipped', 'attempts', 'audit', 'quarantines', 'log'],
  whenNothingToCheck: 'pass',
  check: (evidence) => {
    const events = quarantinedEvents(evidence);
    return { checked: events.length, violations: events.flatMap((event) => passing(evidence, event)) };
  },
};
