import { counted } from '../counted.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { SourceName } from '../evidence.ts';
import { orderTimeline } from '../order-timeline.ts';
import type { Counterexample, InvariantResult, Verdict } from '../verdict.ts';

/** One case that breaks an invariant. */
export interface Violation {
  readonly summary: string;
  readonly orderId?: string | undefined;
  readonly eventId?: string | undefined;
  readonly expected: string;
  readonly seen: string;
  /**
   * Sources in which something was looked for and not found. While one of them is incomplete the case proves
   * nothing: what was looked for may lie in the part that was not seen.
   */
  readonly absentFrom?: readonly SourceName[];
}

export interface Findings {
  readonly checked: number;
  readonly violations: readonly Violation[];
  /** Cases that could not be decided. Each makes the verdict `unknown` unless another case fails. */
  readonly undecided?: readonly string[];
  /** What a reader of a pass should know. */
  readonly notes?: readonly string[];
}

export interface Invariant {
  readonly id: number;
  /** A plain sentence that says what holds. */
  readonly name: string;
  /** Sources without which a pass would mean nothing. */
  readonly needs: readonly SourceName[];
  /** What it means when there was nothing to check: most runs have no quarantined event, but a run without an order shows nothing. */
  readonly whenNothingToCheck: 'pass' | 'unknown';
  readonly check: (evidence: EvidenceIndex) => Findings;
}

const counterexample = (evidence: EvidenceIndex, violation: Violation): Counterexample => ({
  summary: violation.summary,
  ...(violation.orderId === undefined ? {} : { orderId: violation.orderId }),
  ...(violation.eventId === undefined ? {} : { eventId: violation.eventId }),
  expected: violation.expected,
  seen: violation.seen,
  timeline: violation.orderId === undefined ? [] : orderTimeline(evidence, violation.orderId),
});

/** The case that takes the fewest words to follow. */
const smallest = (examples: readonly Counterexample[]): Counterexample | undefined =>
  examples.reduce<Counterexample | undefined>(
    (best, example) => (best === undefined || example.timeline.length < best.timeline.length ? example : best),
    undefined,
  );

const EXAMPLES_COMPARED = 50;

/** Turns findings into a verdict: a proven case fails, anything undecided or unseen is `unknown`. */
export const judge = (invariant: Invariant, evidence: EvidenceIndex): InvariantResult => {
  const findings = invariant.check(evidence);
  const incomplete = (source: SourceName): boolean => evidence[source].missing.length > 0;
  const proven = findings.violations.filter(({ absentFrom }) => !(absentFrom ?? []).some(incomplete));
  const unproven = findings.violations.length - proven.length;
  const unseen = invariant.needs.filter(incomplete);
  const nothing = findings.checked === 0;
  const doubts = [
    ...unseen.flatMap((source) => evidence[source].missing.map((gap) => `${source}: ${gap}`)),
    ...(unproven > 0
      ? [`${counted(unproven, 'case')} may be broken, or what was looked for lies in evidence that was not seen`]
      : []),
    ...(findings.undecided ?? []),
    ...(nothing && invariant.whenNothingToCheck === 'unknown' ? ['nothing was observed that could be checked'] : []),
  ];
  const verdict: Verdict = proven.length > 0 ? 'fail' : doubts.length > 0 ? 'unknown' : 'pass';
  const example = smallest(proven.slice(0, EXAMPLES_COMPARED).map((violation) => counterexample(evidence, violation)));
  return {
    id: invariant.id,
    name: invariant.name,
    verdict,
    checked: findings.checked,
    violations: proven.length,
    ...(example === undefined ? {} : { counterexample: example }),
    doubts,
    notes: [
      ...(nothing && invariant.whenNothingToCheck === 'pass' ? ['nothing of this kind happened in the run'] : []),
      ...(findings.notes ?? []),
    ],
  };
};
