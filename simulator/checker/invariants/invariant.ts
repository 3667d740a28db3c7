import type { EvidenceIndex } from '../evidence-index.ts';
import type { Evidence, SourceName } from '../evidence.ts';
import type { Totals } from '../facts/totals.ts';

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
  /** True when it merely follows from other cases or sums them up: shown only when there is no other. */
  readonly secondary?: boolean;
}

/** Cases of one kind, counted; written `what: 3 events`. */
export interface Tally {
  readonly what: string;
  readonly count: number;
  readonly noun: string;
}

/** What the orders of one shard show. */
export interface Findings {
  readonly checked: number;
  readonly violations: readonly Violation[];
  /** Cases that could not be decided. Any makes the verdict `unknown` unless another case fails. */
  readonly undecided?: readonly Tally[];
  /** What a reader of a pass should know. */
  readonly notes?: readonly Tally[];
}

/** What the run as a whole shows. */
export interface WholeFindings {
  readonly checked?: number;
  readonly violations?: readonly Violation[];
  readonly undecided?: readonly string[];
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
  /**
   * Looks at some orders with everything that is told of them and of what they share (events, customers). Must
   * find of an order the same whatever other orders lie beside it.
   */
  readonly check: (evidence: EvidenceIndex) => Findings;
  /** Looks at sums over all orders, and at what belongs to none; the rows of single orders are not in `frame`. */
  readonly whole?: (totals: Totals, frame: Evidence) => WholeFindings;
}

export const NOTHING: Findings = { checked: 0, violations: [] };
