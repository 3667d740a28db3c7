import type { ConsumerView } from '../ports/consumer-views.ts';
import type { RecordedAct } from '../ports/audit-queries.ts';
import type { AttemptEntry, OutboxEntry, SkippedEntry } from '../ports/outbox-queries.ts';

/** One thing that happened to one event of the order. */
export interface TimelineEntry {
  /** RFC 3339 UTC. */
  readonly at: string;
  readonly sequence: number;
  readonly event: string;
  /** `raised`, `attempt 2 failed`, `redriven`, `published`, `payment applied` … */
  readonly what: string;
  readonly detail: string | null;
  readonly sinceStartMs: number;
  readonly sincePreviousMs: number;
}

/** An event with what happened to it: attempts that failed, and what operators did. */
export type EventWithPast = (OutboxEntry | SkippedEntry) & {
  readonly history: readonly AttemptEntry[];
  readonly audit: readonly RecordedAct[];
};

type Moment = Omit<TimelineEntry, 'sinceStartMs' | 'sincePreviousMs'>;

/** Milliseconds since 1970 with the microseconds kept, which `Date` would drop. */
const preciseMs = (at: string): number => {
  const micros = Number(/\.\d{3}(\d{1,3})/.exec(at)?.[1]?.padEnd(3, '0') ?? 0);
  return Date.parse(at.replace(/(\.\d{3})\d+/, '$1')) + micros / 1_000;
};

/** Skips are told by the skipped event, which knows its replacement. */
const redrives = ({ sequence, type, audit }: EventWithPast): readonly Moment[] =>
  audit
    .filter(({ action }) => action === 'redrive')
    .map(({ at, actor, reason }) => ({
      ...{ at, sequence, event: type },
      what: 'redriven',
      detail: `by ${actor}${reason === null ? '' : `: ${reason}`}`,
    }));

const momentsOfEvent = (event: EventWithPast): readonly Moment[] => {
  const { sequence, type } = event;
  const raised: Moment = { at: event.createdAt, sequence, event: type, what: 'raised', detail: null };
  const failed = event.history.map(({ attempt, failedAt, error }): Moment => ({
    at: failedAt,
    sequence,
    event: type,
    what: `attempt ${attempt} failed`,
    detail: error,
  }));
  const before = [raised, ...failed, ...redrives(event)];
  if (event.status === 'SKIPPED') {
    const why = `by ${event.skippedBy}: ${event.reason}; replaced by ${event.replacementEventId}`;
    return [...before, { at: event.skippedAt, sequence, event: type, what: 'skipped', detail: why }];
  }
  if (event.publishedAt === null) return before;
  const where = `partition ${event.partition}, offset ${event.offset ?? 'unknown'}`;
  return [...before, { at: event.publishedAt, sequence, event: type, what: 'published', detail: where }];
};

const momentsOfConsumer = (view: ConsumerView): readonly Moment[] => {
  if (view._tag === 'Unknown') return [];
  const { consumer, progress } = view;
  const { applied, waiting, parked } = progress;
  const known = new Map([...applied, ...waiting].map((event) => [event.eventId, event]));
  const moments = [
    ...applied.map(({ sequence, type, appliedAt }): Moment => ({
      at: appliedAt,
      sequence,
      event: type,
      what: `${consumer} applied`,
      detail: null,
    })),
    ...waiting.map(({ sequence, type, storedAt }): Moment => ({
      at: storedAt,
      sequence,
      event: type,
      what: `${consumer} received, waits`,
      detail: null,
    })),
  ];
  if (parked === null) return moments;
  const culprit = parked.eventId === null ? undefined : known.get(parked.eventId);
  return [
    ...moments,
    {
      at: parked.parkedAt,
      sequence: culprit?.sequence ?? progress.lastSequence + 1,
      event: culprit?.type ?? 'order',
      what: `${consumer} parked`,
      detail: parked.reason,
    },
  ];
};

/**
 * What the outbox and the consumers know, merged by time. Times come from the clock of each one's database, so
 * entries of different databases may be off by the difference of those clocks.
 */
export const timelineOf = (
  events: readonly EventWithPast[],
  consumers: readonly ConsumerView[],
): readonly TimelineEntry[] => {
  const moments = [...events.flatMap(momentsOfEvent), ...consumers.flatMap(momentsOfConsumer)]
    .map((moment) => ({ moment, ms: preciseMs(moment.at) }))
    .sort((a, b) => a.ms - b.ms || a.moment.sequence - b.moment.sequence);
  const start = moments[0]?.ms ?? 0;
  const rounded = (ms: number): number => Math.round(ms * 1_000) / 1_000;
  return moments.map(({ moment, ms }, index) => ({
    ...moment,
    sinceStartMs: rounded(ms - start),
    sincePreviousMs: rounded(ms - (moments[index - 1]?.ms ?? start)),
  }));
};
