import type { InjectedRecord } from '../checker/evidence.ts';
import type { OperatorApi } from '../run/operator-api.ts';
import type { House } from '../run/house.ts';
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

export interface FaultContext {
  readonly house: House;
  readonly operator: OperatorApi;
  /** ID of the order that can never be published, once it and its cancellation were accepted; undefined without one. */
  readonly poisoned: Promise<string | undefined>;
  readonly random: Seeded;
  /** Tells the checker which records of the topic are the simulator's own. */
  readonly recordInjected: (record: InjectedRecord) => void;
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
  /** Pure: the same random stream gives the same tracks. */
  plan(options: FaultPlanOptions): readonly Track[];
  /** Does the damage; resolves when it is done. */
  inject(context: FaultContext, injection: Injection): Promise<Heal>;
}
