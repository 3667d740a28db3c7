/** `unknown` is neither: evidence is missing, or nothing was observed. It is never counted as a pass. */
export type Verdict = 'pass' | 'fail' | 'unknown';

/** One thing that happened to an order, as some piece of evidence shows it. */
export interface TimelineEntry {
  readonly at: number;
  /** `client`, `outbox`, `relay`, `log`, `operator`, `fault`, or the name of a consumer. */
  readonly where: string;
  readonly what: string;
}

/** The smallest concrete case that breaks an invariant. */
export interface Counterexample {
  /** One plain sentence. */
  readonly summary: string;
  readonly orderId?: string;
  readonly eventId?: string;
  readonly expected: string;
  readonly seen: string;
  /** The order's life, by time. */
  readonly timeline: readonly TimelineEntry[];
}

export interface InvariantResult {
  readonly id: number;
  readonly name: string;
  readonly verdict: Verdict;
  /** How many cases were looked at. 0 says that there was nothing to check. */
  readonly checked: number;
  /** How many of them broke it. */
  readonly violations: number;
  /** Present when the verdict is `fail`. */
  readonly counterexample?: Counterexample;
  /** What could not be seen or decided. Any doubt makes a verdict `unknown` that would be a pass. */
  readonly doubts: readonly string[];
  /** What a reader should know besides. Plain sentences. */
  readonly notes: readonly string[];
}

export interface CheckResult {
  /** `fail` if any invariant fails, else `unknown` if any is unknown, else `pass`. */
  readonly verdict: Verdict;
  /** By ID. */
  readonly invariants: readonly InvariantResult[];
}
