import { changeRequests } from './requests.ts';
import type { ChangeRequest } from './requests.ts';
import { seeded } from './seeded.ts';
import type { Seeded } from './seeded.ts';

/** Body of `POST /orders`, as a client writes it. */
export interface OrderBody {
  readonly customerId: string;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly unitPrice: { readonly amountMinor: number; readonly currency: string };
  }[];
}

/** When a client comes back to its order. */
export interface PlannedMoment {
  /** What the client waits for before it thinks about it: its own 201, or seeing the order paid. */
  readonly after: 'placed' | 'paid';
  readonly delayMs: number;
}

export interface PlannedCancellation extends PlannedMoment {
  /** Unique, so that it tells whose cancellation took effect. */
  readonly reason: string;
  readonly idempotencyKey: string;
}

export interface PlannedChange extends PlannedMoment, ChangeRequest {
  readonly idempotencyKey: string;
}

export interface PlannedOrder {
  /** From 0, in order of arrival. */
  readonly index: number;
  /** When the client sends it, milliseconds after the load begins. */
  readonly atMs: number;
  readonly idempotencyKey: string;
  /** Its `customerId` is unique, so that it tells whose request took effect. */
  readonly body: OrderBody;
  readonly cancellation?: PlannedCancellation;
  readonly changes: readonly PlannedChange[];
  /** Its OrderPlaced exceeds what the topic of a poison run allows. */
  readonly poison: boolean;
}

export interface PlanOptions {
  readonly seed: number;
  readonly orders: number;
  /** Mean arrivals a second. */
  readonly ratePerSecond: number;
  /** Share of orders that their client tries to cancel, 0–1. */
  readonly cancelRatio?: number;
  /** What else clients ask for; of each kind for one order in four. */
  readonly changes?: readonly ChangeRequest[];
  /** When the order that can never be published is sent, milliseconds after the load begins; it is an extra order. */
  readonly poisonAtMs?: number;
}

const CURRENCIES = ['EUR', 'EUR', 'EUR', 'USD', 'JPY', 'KWD'] as const;
const CANCEL_REASONS = ['ordered by mistake', 'found it cheaper', 'delivery takes too long'] as const;
const MOMENTS = ['placed', 'placed', 'paid'] as const;
const CHANGE_RATIO = 0.25;
/** Makes an OrderPlaced of about 100 KB. */
const POISON_LINES = 720;

const skuOf = (random: Seeded): string => `SKU-${String(random.int(1, 9_999)).padStart(4, '0')}`;

const bodyOf = (random: Seeded): OrderBody => {
  const currency = random.pick(CURRENCIES);
  return {
    customerId: `customer-${random.uuid()}`,
    lines: Array.from({ length: random.int(1, 4) }, () => ({
      sku: skuOf(random),
      quantity: random.int(1, 5),
      unitPrice: { amountMinor: random.int(1, 25_000), currency },
    })),
  };
};

const poisonBodyOf = (random: Seeded): OrderBody => ({
  customerId: `wholesaler-${random.uuid()}`,
  lines: Array.from({ length: POISON_LINES }, (_, line) => ({
    sku: `BULK-${String(line).padStart(4, '0')}-${'x'.repeat(54)}`,
    quantity: random.int(1, 5),
    unitPrice: { amountMinor: random.int(100, 999), currency: 'EUR' },
  })),
});

const momentOf = (random: Seeded): PlannedMoment => ({
  after: random.pick(MOMENTS),
  delayMs: random.chance(0.5) ? 0 : random.int(0, 400),
});

const cancellationOf = (random: Seeded, moment: PlannedMoment): PlannedCancellation => {
  const idempotencyKey = random.uuid();
  return { ...moment, reason: `${random.pick(CANCEL_REASONS)} (${idempotencyKey})`, idempotencyKey };
};

/** In minor units; all lines of an order have one currency. */
export const totalMinorOf = (body: OrderBody): number =>
  body.lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice.amountMinor, 0);

/**
 * What the clients will do: a pure function of its options. Arrivals are a Poisson process of the given rate,
 * scaled to last exactly `orders / ratePerSecond` seconds.
 */
export const planWorkload = (options: PlanOptions): readonly PlannedOrder[] => {
  const { seed, orders, ratePerSecond, cancelRatio = 0.08, changes = changeRequests, poisonAtMs } = options;
  const random = seeded(seed, 'workload');
  // A stream for each kind: one more of them moves nothing else of the plan.
  const kinds = changes.map((change) => ({ change, chances: seeded(seed, `workload ${change.raises}`) }));
  const changesOf = (): readonly PlannedChange[] =>
    kinds
      .filter(({ chances }) => chances.chance(CHANGE_RATIO))
      .map(({ change, chances }) => ({ ...change, ...momentOf(chances), idempotencyKey: chances.uuid() }));
  const gaps = Array.from({ length: orders }, () => -Math.log(1 - random.unit()));
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  const scale = total === 0 ? 0 : ((orders / ratePerSecond) * 1_000) / total;
  let clock = 0;
  const normal = gaps.map((gap) => {
    clock += gap * scale;
    const idempotencyKey = random.uuid();
    const body = bodyOf(random);
    const order = { atMs: Math.round(clock), idempotencyKey, body, changes: changesOf(), poison: false };
    return random.chance(cancelRatio) ? { ...order, cancellation: cancellationOf(random, momentOf(random)) } : order;
  });
  const poison =
    poisonAtMs === undefined
      ? []
      : [
          {
            atMs: poisonAtMs,
            idempotencyKey: random.uuid(),
            body: poisonBodyOf(random),
            changes: [],
            poison: true,
            cancellation: cancellationOf(random, { after: 'placed', delayMs: 0 }),
          },
        ];
  return [...normal, ...poison].sort((a, b) => a.atMs - b.atMs).map((order, index) => ({ index, ...order }));
};
