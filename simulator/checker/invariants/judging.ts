import { counted } from '../counted.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { Evidence, SourceName } from '../evidence.ts';
import { oncePer } from '../facts/once.ts';
import type { Totals } from '../facts/totals.ts';
import { orderTimeline } from '../order-timeline.ts';
import type { InvariantResult, TimelineEntry, Verdict } from '../verdict.ts';
import type { Invariant, Tally, Violation } from './invariant.ts';

type Timeline = readonly TimelineEntry[];
export type TimelineOf = (orderId: string) => Timeline;

interface Case {
  readonly violation: Violation;
  /** Undefined while it is not known. */
  readonly timeline: Timeline | undefined;
  /** Position among the cases it was found with. */
  readonly index: number;
}

const timelines = oncePer((evidence: EvidenceIndex): TimelineOf => {
  const known = new Map<string, Timeline>();
  return (orderId) => {
    const timeline = known.get(orderId) ?? orderTimeline(evidence, orderId);
    known.set(orderId, timeline);
    return timeline;
  };
});

const textOf = ({ summary, eventId, seen }: Violation): string => JSON.stringify([summary, eventId, seen]);

/** Negative when `a` takes fewer words to follow. Depends on nothing but the cases and the orders they are about. */
const compare = (a: Case, b: Case): number => {
  const secondary = Number(a.violation.secondary ?? false) - Number(b.violation.secondary ?? false);
  if (secondary !== 0) return secondary;
  const length = (a.timeline?.length ?? 0) - (b.timeline?.length ?? 0);
  if (length !== 0) return length;
  const [orderA, orderB] = [a.violation.orderId ?? '', b.violation.orderId ?? ''];
  if (orderA !== orderB) return orderA < orderB ? -1 : 1;
  if (a.violation.orderId !== undefined) return a.index - b.index;
  return textOf(a.violation) < textOf(b.violation) ? -1 : 1;
};

const addTallies = (sums: Map<string, Tally>, tallies: readonly Tally[]): void => {
  for (const tally of tallies)
    sums.set(tally.what, { ...tally, count: tally.count + (sums.get(tally.what)?.count ?? 0) });
};

const written = ({ what, count, noun }: Tally): string => `${what}: ${counted(count, noun)}`;

/** Turns findings, shard by shard, into a verdict: a proven case fails, anything undecided or unseen is `unknown`. */
export class Judging {
  readonly #invariant: Invariant;
  #frame: Evidence;
  readonly #undecided = new Map<string, Tally>();
  readonly #notes = new Map<string, Tally>();
  readonly #wholeUndecided: string[] = [];
  readonly #wholeNotes: string[] = [];
  #checked = 0;
  #proven = 0;
  #unproven = 0;
  #smallest: Case | undefined;

  constructor(invariant: Invariant, frame: Evidence) {
    this.#invariant = invariant;
    this.#frame = frame;
  }

  /** Order of the case that would be shown now. */
  get orderId(): string | undefined {
    return this.#smallest?.violation.orderId;
  }

  look(shard: EvidenceIndex): void {
    const { checked, violations, undecided = [], notes = [] } = this.#invariant.check(shard);
    this.#checked += checked;
    addTallies(this.#undecided, undecided);
    addTallies(this.#notes, notes);
    this.#take(violations, timelines(shard));
  }

  /** `frame` may name more gaps than were known before. */
  conclude(totals: Totals, frame: Evidence): void {
    this.#frame = frame;
    const findings = this.#invariant.whole?.(totals, this.#frame) ?? {};
    this.#checked += findings.checked ?? 0;
    this.#wholeUndecided.push(...(findings.undecided ?? []));
    this.#wholeNotes.push(...(findings.notes ?? []));
    this.#take(findings.violations ?? [], () => undefined);
  }

  /** `timelineOf` is asked only for an order that a case of the whole run names. */
  result(timelineOf: TimelineOf): InvariantResult {
    const { id, name, needs, whenNothingToCheck } = this.#invariant;
    const nothing = this.#checked === 0;
    const doubts = [
      ...needs.flatMap((source) => this.#frame[source].missing.map((gap) => `${source}: ${gap}`)),
      ...(this.#unproven > 0
        ? [
            `${counted(this.#unproven, 'case')} may be broken, or what was looked for lies in evidence that was not seen`,
          ]
        : []),
      ...[...this.#undecided.values()].filter(({ count }) => count > 0).map(written),
      ...this.#wholeUndecided,
      ...(nothing && whenNothingToCheck === 'unknown' ? ['nothing was observed that could be checked'] : []),
    ];
    const verdict: Verdict = this.#proven > 0 ? 'fail' : doubts.length > 0 ? 'unknown' : 'pass';
    return {
      id,
      name,
      verdict,
      checked: this.#checked,
      violations: this.#proven,
      ...(this.#smallest === undefined ? {} : { counterexample: counterexample(this.#smallest, timelineOf) }),
      doubts,
      notes: [
        ...(nothing && whenNothingToCheck === 'pass' ? ['nothing of this kind happened in the run'] : []),
        ...this.#wholeNotes,
        ...[...this.#notes.values()].map(written),
      ],
    };
  }

  #take(violations: readonly Violation[], timelineOf: (orderId: string) => Timeline | undefined): void {
    const incomplete = (source: SourceName): boolean => this.#frame[source].missing.length > 0;
    violations.forEach((violation, index) => {
      if ((violation.absentFrom ?? []).some(incomplete)) {
        this.#unproven += 1;
        return;
      }
      this.#proven += 1;
      const timeline = violation.orderId === undefined ? [] : timelineOf(violation.orderId);
      const found = { violation, timeline, index };
      if (this.#smallest === undefined || compare(found, this.#smallest) < 0) this.#smallest = found;
    });
  }
}

const counterexample = (
  { violation: { summary, orderId, eventId, expected, seen }, timeline }: Case,
  timelineOf: TimelineOf,
): NonNullable<InvariantResult['counterexample']> => ({
  summary,
  ...(orderId === undefined ? {} : { orderId }),
  ...(eventId === undefined ? {} : { eventId }),
  expected,
  seen,
  timeline: timeline ?? (orderId === undefined ? [] : timelineOf(orderId)),
});
