import type { Evidence } from '../checker/evidence.ts';
import { measure } from '../checker/measure.ts';
import type { ConsumerCounts, DelayFigures, EventCounts, Measurements, OrderCounts } from '../checker/measurements.ts';
import type { RelayWork } from '../checker/facts/relay-work.ts';
import type { Distribution } from '../checker/facts/distribution.ts';
import type { CheckResult, Counterexample, Verdict } from '../checker/verdict.ts';

export interface ReportInput {
  /** All of it, or with `measured` an excerpt: what is about no single order, and the orders to be shown. */
  readonly evidence: Evidence;
  readonly measured?: Measurements;
  readonly result: CheckResult;
  /** The command that does it again, with its seed. */
  readonly reproduce: string;
  readonly planted?: PlantedBug | undefined;
}

/** A bug that was put in on purpose, to see that it is found. */
export interface PlantedBug {
  readonly name: string;
  /** One line: what is done wrong. */
  readonly describe: string;
  /** ID of the invariant that must fail. */
  readonly breaks: number;
}

type Delays = Omit<Distribution, 'count'> & { readonly calm: Distribution; readonly underFaults: Distribution };

/** report.json. Times are RFC 3339 UTC, delays milliseconds. */
export interface RunReport {
  readonly verdict: Verdict;
  readonly seed: number | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly reproduce: string;
  readonly planted: PlantedBug | null;
  readonly orders: OrderCounts;
  readonly events: EventCounts;
  readonly consumers: Readonly<Record<string, ConsumerCounts>>;
  /** How the relays shared the work, as seen; one entry for each start of one. */
  readonly relays: readonly RelayWork[];
  /** Over all events that were neither quarantined nor held; `calm` and `underFaults` take them apart. */
  readonly publishDelayMs: Delays;
  readonly endToEndMs: Delays;
  readonly faults: readonly {
    readonly kind: string;
    readonly target: string;
    readonly at: string;
    readonly healedAt: string | null;
  }[];
  readonly invariants: readonly {
    readonly id: number;
    readonly name: string;
    readonly verdict: Verdict;
    readonly checked: number;
    readonly violations: number;
    readonly doubts: readonly string[];
    readonly notes: readonly string[];
    readonly counterexample?: Counterexample;
  }[];
}

/** `relay-kill`, `broker-restart of kafka`: what was broken, with where when the name does not say it. */
export const faultName = ({ kind, target }: { readonly kind: string; readonly target: string }): string =>
  kind.includes(target) ? kind : `${kind} of ${target}`;

const iso = (ms: number): string => new Date(ms).toISOString();
const toMicros = (ms: number): number => Math.round(ms * 1_000) / 1_000;

const rounded = ({ count, mean, p50, p95, p99, max }: Distribution): Distribution => ({
  count,
  mean: toMicros(mean),
  p50: toMicros(p50),
  p95: toMicros(p95),
  p99: toMicros(p99),
  max: toMicros(max),
});

const delays = ({ all, calm, underFaults }: DelayFigures): Delays => {
  const { mean, p50, p95, p99, max } = rounded(all);
  return { mean, p50, p95, p99, max, calm: rounded(calm), underFaults: rounded(underFaults) };
};

export const buildReport = (
  { evidence, result, reproduce, planted }: ReportInput,
  measured: Measurements = measure(evidence),
): RunReport => ({
  verdict: result.verdict,
  seed: evidence.run.seed,
  startedAt: iso(evidence.run.startedAt),
  finishedAt: iso(evidence.run.finishedAt),
  reproduce,
  planted: planted ?? null,
  orders: measured.orders,
  events: measured.events,
  consumers: measured.consumers,
  relays: measured.relays,
  publishDelayMs: delays(measured.publishDelayMs),
  endToEndMs: delays(measured.endToEndMs),
  faults: [...evidence.faults.rows]
    .sort((a, b) => a.at - b.at)
    .map(({ kind, target, at, healedAt }) => ({
      kind,
      target,
      at: iso(at),
      healedAt: healedAt === null ? null : iso(healedAt),
    })),
  invariants: result.invariants,
});
