import { eventDelays, PUBLISH_MEAN_MS } from '../facts/delays.ts';
import { counted } from '../counted.ts';
import type { EventDelay } from '../facts/delays.ts';
import { distributionOf } from '../facts/distribution.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { Invariant, Violation } from './invariant.ts';

const publishMs = (delays: readonly EventDelay[]): readonly number[] =>
  delays.flatMap((delay) => (delay.publishMs === null ? [] : [delay.publishMs]));

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(3)} s`;

interface MeanFinding {
  readonly violations: readonly Violation[];
  readonly undecided: readonly string[];
  readonly notes: readonly string[];
}

/** The mean is promised for normal times. A run that never had any passes only if the mean holds even so. */
const checkMean = (delays: readonly EventDelay[]): MeanFinding => {
  const calm = publishMs(delays.filter(({ group }) => group === 'calm'));
  const fault = publishMs(delays.filter(({ group }) => group === 'fault'));
  const note = [
    `mean publish delay ${seconds(distributionOf(calm).mean)} over ${counted(calm.length, 'event')} in normal times, ${seconds(distributionOf(fault).mean)} over ${counted(fault.length, 'event')} under faults`,
  ];
  const judged = calm.length > 0 ? calm : fault;
  const { mean } = distributionOf(judged);
  if (mean <= PUBLISH_MEAN_MS) return { violations: [], undecided: [], notes: note };
  if (calm.length === 0)
    return { violations: [], undecided: ['every event was published under a fault, and slowly'], notes: note };
  const slowest = delays
    .filter(({ group }) => group === 'calm')
    .reduce<EventDelay | undefined>(
      (worst, delay) => ((delay.publishMs ?? 0) > (worst?.publishMs ?? -1) ? delay : worst),
      undefined,
    );
  return {
    violations: [
      {
        summary: `Events are published too slowly: ${seconds(mean)} in the mean while nothing was broken.`,
        orderId: slowest?.row.orderId,
        eventId: slowest?.row.eventId,
        expected: `a mean of at most ${seconds(PUBLISH_MEAN_MS)}`,
        seen: `${seconds(mean)} over ${counted(calm.length, 'event')}; the slowest took ${seconds(slowest?.publishMs ?? 0)}`,
      },
    ],
    undecided: [],
    notes: note,
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
    const mean = checkMean(all);
    const judged = all.filter(({ group }) => group !== 'released');
    const unfinished = judged.filter(({ endToEndMs, dueAt }) => endToEndMs === null && dueAt >= evidence.outboxReadAt);
    const released = all.length - judged.length;
    return {
      checked: judged.length,
      violations: [...mean.violations, ...checkWholeWay(evidence, all)],
      undecided: [
        ...mean.undecided,
        ...(unfinished.length > 0
          ? [`not yet consumed and not yet due when the run was read: ${counted(unfinished.length, 'event')}`]
          : []),
      ],
      notes: [
        ...mean.notes,
        ...(released > 0
          ? [`not judged, since quarantined or held behind such an event: ${counted(released, 'event')}`]
          : []),
      ],
    };
  },
};
