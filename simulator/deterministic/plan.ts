import { seeded } from '../workload/seeded.ts';
import type { Seeded } from '../workload/seeded.ts';

/** What happens in one step. Times in milliseconds; processes by their place, from 0. */
export type Deed =
  /** A client places the order, or changes it when there is one: `events` events in one transaction, seen after `commitMs`. */
  | { readonly kind: 'commit'; readonly order: number; readonly events: number; readonly commitMs: number }
  | { readonly kind: 'relay-kill'; readonly relay: number; readonly waits: number; readonly forMs: number }
  | { readonly kind: 'relay-pause'; readonly relay: number; readonly waits: number; readonly forMs: number }
  /** Stopped in order, and started again later. */
  | { readonly kind: 'relay-leave'; readonly relay: number; readonly forMs: number }
  | { readonly kind: 'consumer-kill'; readonly member: number; readonly waits: number; readonly forMs: number }
  | { readonly kind: 'consumer-pause'; readonly member: number; readonly waits: number; readonly forMs: number }
  | { readonly kind: 'handler-fails'; readonly consumer: number; readonly times: number; readonly forMs: number }
  /** A lane of the broker, or all of them (null), refuses every request. */
  | { readonly kind: 'broker-down'; readonly lane: number | null; readonly forMs: number }
  /** The next requests of a lane are stored, their answers lost. */
  | { readonly kind: 'broker-answers-lost'; readonly lane: number; readonly requests: number; readonly forMs: number }
  /** The next requests of a lane arrive long after their sender has given up. */
  | {
      readonly kind: 'broker-requests-late';
      readonly lane: number;
      readonly requests: number;
      readonly byMs: number;
      readonly forMs: number;
    }
  /** Requests of a lane fail and nobody can say why. */
  | { readonly kind: 'broker-unclear'; readonly lane: number; readonly requests: number; readonly forMs: number }
  /** The broker refuses one event, `times` times when it is sent alone. */
  | { readonly kind: 'poison'; readonly order: number; readonly sequence: number; readonly times: number }
  | { readonly kind: 'mysql-down'; readonly forMs: number }
  /** The next commits happen, their answers lost. */
  | { readonly kind: 'mysql-answers-lost'; readonly calls: number; readonly forMs: number }
  | { readonly kind: 'clock-jump'; readonly relay: number; readonly byMs: number }
  /** An operator puts the quarantined event back that is `pick` (0 to 1) down the list; `mended`: it is no poison any more. */
  | { readonly kind: 'redrive'; readonly pick: number; readonly mended: boolean }
  | { readonly kind: 'skip'; readonly pick: number };

export type Step = Deed & {
  /** Since the start of the history. */
  readonly at: number;
};

/** A history before it happens. The same seed gives the same plan. */
export interface Plan {
  readonly seed: number;
  readonly lanes: number;
  readonly relays: number;
  /** Members of each consumer group. */
  readonly members: number;
  /** Most records a relay claims at once. */
  readonly batchRecords: number;
  /** When the last deed may happen and everything that was broken is up again. */
  readonly stormMs: number;
  /** By time. */
  readonly steps: readonly Step[];
}

export const CONSUMERS = ['payment', 'shipping'] as const;

const MOST_ORDERS = 6;

type Draw = (random: Seeded, plan: Omit<Plan, 'steps'>) => Deed;

const span = (random: Seeded, to: number): number => random.int(200, to);
/** Mostly at once, now and then in the middle of something. */
const waits = (random: Seeded): number => (random.chance(0.3) ? 0 : random.int(1, 12));
const lane = (random: Seeded, { lanes }: Pick<Plan, 'lanes'>): number => random.int(0, lanes - 1);
const relay = (random: Seeded, { relays }: Pick<Plan, 'relays'>): number => random.int(0, relays - 1);
const member = (random: Seeded, { members }: Pick<Plan, 'members'>): number =>
  random.int(0, members * CONSUMERS.length - 1);

/** Pauses beyond the lease (10 s) are the interesting ones. */
const pauseMs = (random: Seeded): number => random.int(500, 25_000);

const poison: Draw = (r) => ({
  kind: 'poison',
  order: r.int(0, MOST_ORDERS - 1),
  sequence: r.int(1, 6),
  times: r.pick([1, 3, 6, 7, Number.MAX_SAFE_INTEGER]),
});

const release: Draw = (r) =>
  r.chance(0.5) ? { kind: 'redrive', pick: r.unit(), mended: r.chance(0.6) } : { kind: 'skip', pick: r.unit() };

const FAULTS: readonly [Draw, ...Draw[]] = [
  (r, plan) => ({ kind: 'relay-kill', relay: relay(r, plan), waits: waits(r), forMs: span(r, 15_000) }),
  (r, plan) => ({ kind: 'relay-pause', relay: relay(r, plan), waits: waits(r), forMs: pauseMs(r) }),
  (r, plan) => ({ kind: 'relay-leave', relay: relay(r, plan), forMs: span(r, 20_000) }),
  (r, plan) => ({ kind: 'consumer-kill', member: member(r, plan), waits: waits(r), forMs: span(r, 15_000) }),
  (r, plan) => ({ kind: 'consumer-pause', member: member(r, plan), waits: waits(r), forMs: pauseMs(r) }),
  (r) => ({ kind: 'handler-fails', consumer: r.int(0, 1), times: r.int(1, 8), forMs: span(r, 5_000) }),
  (r, plan) => ({ kind: 'broker-down', lane: r.chance(0.4) ? null : lane(r, plan), forMs: span(r, 20_000) }),
  (r, plan) => ({ kind: 'broker-answers-lost', lane: lane(r, plan), requests: r.int(1, 3), forMs: span(r, 15_000) }),
  (r, plan) => ({
    kind: 'broker-requests-late',
    lane: lane(r, plan),
    requests: r.int(1, 3),
    byMs: r.int(1, 20_000),
    forMs: span(r, 15_000),
  }),
  (r, plan) => ({ kind: 'broker-unclear', lane: lane(r, plan), requests: r.int(1, 12), forMs: span(r, 15_000) }),
  (r, plan) => (r.chance(0.65) ? poison(r, plan) : release(r, plan)),
  (r) => ({ kind: 'mysql-down', forMs: span(r, 12_000) }),
  (r) => ({ kind: 'mysql-answers-lost', calls: r.int(1, 4), forMs: span(r, 10_000) }),
  (r, plan) => ({ kind: 'clock-jump', relay: relay(r, plan), byMs: r.pick([-3_600_000, -60_000, 60_000, 3_600_000]) }),
];

const commit: Draw = (r) => ({
  kind: 'commit',
  order: r.int(0, MOST_ORDERS - 1),
  events: r.pick([1, 1, 1, 2, 3]),
  commitMs: r.chance(0.2) ? r.int(50, 1_500) : 0,
});

/** What is broken is up again when the storm is over. */
const within = (step: Step, stormMs: number): Step =>
  'forMs' in step ? { ...step, forMs: Math.max(1, Math.min(step.forMs, stormMs - step.at)) } : step;

export const planOf = (seed: number): Plan => {
  const random = seeded(seed, 'plan');
  const outline = {
    seed,
    lanes: random.int(1, 4),
    relays: random.pick([1, 2, 2, 3, 4]),
    members: random.int(1, 2),
    batchRecords: random.int(2, 7),
    stormMs: random.int(10_000, 40_000),
  };
  // A few kinds of fault in each history rather than a bit of everything: so they meet each other more often.
  const kinds = random.shuffle(FAULTS).slice(0, random.int(1, 6));
  const at = (): number => random.int(0, outline.stormMs - 1);
  const commits = Array.from({ length: random.int(5, 16) }, (): Step => ({ at: at(), ...commit(random, outline) }));
  const faults = Array.from({ length: random.int(0, 8) }, (): Step => ({
    at: at(),
    ...random.pick([kinds[0] ?? FAULTS[0], ...kinds.slice(1)])(random, outline),
  }));
  const first: Step = { at: 0, kind: 'commit', order: 0, events: 1, commitMs: 0 };
  const steps = [first, ...commits, ...faults].map((step) => within(step, outline.stormMs));
  return { ...outline, steps: steps.sort((a, b) => a.at - b.at) };
};
