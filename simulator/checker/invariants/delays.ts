import { eventDelays, PUBLISH_MEAN_MS } from '../facts/delays.ts';
import { counted } from '../counted.ts';
import type { EventDelay } from '../facts/delays.ts';
import type { DelaySum, Totals } from '../facts/totals.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { Invariant, Violation, WholeFindings } from './invariant.ts';

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;

const meanOf = ({ count, micros }: DelaySum): number => (count === 0 ? 0 : micros / count / 1_000);

/** The mean is promised for normal times. A run that never had any passes only if the mean holds even so. */
const checkMean = ({ calm, underFaults, slowestCalm }: Totals): WholeFindings => {
  const notes = [
    `mean publish delay ${seconds(meanOf(calm))} over ${counted(calm.count, 'event')} in normal times, ${seconds(meanOf(underFaults))} over ${counted(underFaults.count, 'event')} under faults`,
  ];
  const mean = meanOf(calm.count > 0 ? calm : underFaults);
  if (mean <= PUBLISH_MEAN_MS) return { notes };
  if (calm.count === 0) return { notes, undecided: ['every event was published under a fault, and slowly'] };
  return {
    notes,
    violations: [
      {
        summary: `Events are published too slowly: ${seconds(mean)} in the mean while nothing was broken.`,
        orderId: slowestCalm?.row.orderId,
        eventId: slowestCalm?.row.eventId,
        expected: `a mean of at most ${seconds(PUBLISH_MEAN_MS)}`,
        seen: `${seconds(mean)} over ${counted(calm.count, 'event')}; the slowest took ${seconds(slowestCalm?.publishMs ?? 0)}`,
        secondary: true,
      },
    ],
  };
};

const checkWholeWay = (evidence: EvidenceIndex, delays: readonly EventDelay[]): readonly Violation[] =>
  delays
    .filter(({ group }) => group !== 'released')
    .filter(
      ({ row, endToEndMs, dueAt }) =>
        (endToEndMs === null ? evidence.outboxReadAt : row.createdAt + endToEndMs) > dueAt,
    )
    .map(({ row, endToEndMs, wholeWayGroup }): Violation => ({
      summary:
        endToEndMs === null
          ? 'An event was not applied by every consumer within a minute.'
          : `An event took ${seconds(endToEndMs)} from its order to the last consumer.`,
      orderId: row.orderId,
      eventId: row.eventId,
      expected: `at most a minute${wholeWayGroup === 'fault' ? ', counted from the heal of the fault in between' : ''}`,
      seen: endToEndMs === null ? 'not applied by every consumer when the run was read' : seconds(endToEndMs),
      ...(endToEndMs === null ? { absentFrom: ['inbox', 'faults'] as const } : { absentFrom: ['faults'] as const }),
    }));

export const delays: Invariant = {
  id: 13,
  name: 'Events are published within 3 s in the mean and consumed within a minute, each of them',
  needs: ['outbox', 'log', 'inbox', 'faults'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const all = eventDelays(evidence);
    const judged = all.filter(({ group }) => group !== 'released');
    const unfinished = judged.filter(({ endToEndMs, dueAt }) => endToEndMs === null && dueAt >= evidence.outboxReadAt);
    const released = all.length - judged.length;
    return {
      checked: judged.length,
      violations: checkWholeWay(evidence, all),
      undecided: [
        { what: 'not yet consumed and not yet due when the run was read', count: unfinished.length, noun: 'event' },
      ],
      notes:
        released === 0
          ? []
          : [{ what: 'not judged, since quarantined or held behind such an event', count: released, noun: 'event' }],
    };
  },
  whole: checkMean,
};
