import type { Evidence, InjectedRecord } from '../checker/evidence.ts';
import type { RunReport } from '../report/run-report.ts';
import type { OperatorApi } from '../run/operator-api.ts';
import type { House, HouseNeeds } from '../run/house.ts';
import type { Seeded } from '../workload/seeded.ts';

/** One planned act of the nemesis. */
export interface Injection {
  /** Name of its fault, as on the command line and in report.json. */
  readonly kind: string;
  /** What it hits: a process (`api`, `relay`, `relay-2`, `payment`, `shipping`, `mysql`, `kafka`) or `topic`. */
  readonly target: string;
  /** Milliseconds since the load began (first of its track) or since the one before it was healed. */
  readonly waitMs: number;
  /** How long the damage is left in place before it is mended; a supervisor may mend it sooner. */
  readonly lastsMs: number;
}

/** Injections that follow one another: the next waits until the one before it is healed. */
export type Track = readonly Injection[];

export interface FaultPlanOptions {
  readonly random: Seeded;
  /** Milliseconds over which orders arrive. */
  readonly loadMs: number;
  /** How long a long outage lasts. */
  readonly outageMs: number;
  readonly relays: number;
}

/** Something a row of the matrix must show beside the checker's verdict, e.g. that requests were answered 503. */
export interface Sighting {
  readonly what: string;
  /** Undefined: it could not be decided. */
  readonly holds: boolean | undefined;
}

/** What is known once a run has ended. */
export interface Aftermath {
  readonly report: RunReport;
  readonly evidence: Evidence;
  /** Status of every HTTP answer the clients got, by time. */
  readonly answers: readonly { readonly at: number; readonly status: number }[];
}

/** What a row has that brings up an environment of its own. */
export interface AloneContext {
  readonly seed: number;
  /** Exists; for logs. */
  readonly reportDir: string;
  readonly say: (line: string) => void;
  /** Aborts when the matrix is ended early: waits end with an AbortError, which leaves the row without a verdict. */
  readonly signal: AbortSignal;
}

/**
 * A fault's place in the fault matrix (docs/guarantees.md).
 *
 * To add a row: one module under `faults/rows/` that exports a `Fault` with a `row`, and one line in `catalog.ts`.
 * `plan` should break things within the first two thirds of the load; `inject` does the damage, tells `saw` what must be
 * seen while it lasts, and answers the heal. The heal must mend whatever was broken even when the run was aborted, and
 * resolves when what was hit works again. What can only be told at the end belongs into `judge`.
 */
export interface MatrixRow {
  readonly number: number;
  /** One short sentence: what a right system shows. */
  readonly expected: string;
  /** How its environment differs from the usual one. */
  readonly house?: HouseNeeds;
  /** Differs from the usual load of a row. */
  readonly load?: { readonly orders: number; readonly ratePerSecond: number };
  /** May be mixed with others in one environment by `--faults random`. */
  readonly mixes: boolean;
  /** Why this machine cannot run it, in one sentence; undefined when it can. */
  cannotRun?(): Promise<string | undefined>;
  /**
   * For a row with an environment and an end state of its own, which the checker's run does not fit: does all of it and
   * tells what was seen. Leaves no process behind. Such a row cannot be chosen outside the matrix.
   */
  alone?(context: AloneContext): Promise<readonly Sighting[]>;
  /** What must be seen at the end. */
  judge?(aftermath: Aftermath): readonly Sighting[];
}

export interface FaultContext {
  readonly house: House;
  readonly operator: OperatorApi;
  /** ID of the order that can never be published, once it and its cancellation were accepted; undefined without one. */
  readonly poisoned: Promise<string | undefined>;
  readonly random: Seeded;
  /** Tells the checker which records of the topic are the simulator's own. */
  readonly recordInjected: (record: InjectedRecord) => void;
  /** Notes what was seen, or that it was not, beside what the checker judges. */
  readonly saw: (sighting: Sighting) => void;
  /** Tells the person watching, in plain words. */
  readonly say: (line: string) => void;
  /** Aborts when the run is ended early: mend at once what is broken. */
  readonly signal: AbortSignal;
}

/** Mends the damage; resolves when what was hit is ready again. */
export type Heal = () => Promise<void>;

export interface Fault {
  readonly name: string;
  /** One line for `--faults list`. */
  readonly describe: string;
  /** What happens now, in plain words, e.g. `kill -9 of relay`. */
  tell(injection: Injection): string;
  /** Servers that must be the simulator's own to be killed. */
  readonly needs: readonly ('mysql' | 'kafka')[];
  /** The load it needs, when nobody says otherwise. */
  readonly load?: { readonly orders: number; readonly ratePerSecond: number };
  /** Pure: the same random stream gives the same tracks. */
  plan(options: FaultPlanOptions): readonly Track[];
  /** Left out by faults that are no row of the matrix. */
  readonly row?: MatrixRow;
  /** Does the damage; resolves when it is done. */
  inject(context: FaultContext, injection: Injection): Promise<Heal>;
}
