import { distributionOf } from '../checker/facts/distribution.ts';
import type { Distribution } from '../checker/facts/distribution.ts';

/*
 * How the service came back from a long outage, in figures: told, not judged. What is promised of every run the
 * checker judges from its own evidence; the times here are those that the tables give.
 */

/** Milliseconds since 1970; null while it has not happened. */
export interface EventTimes {
  readonly orderId: string;
  readonly sequence: number;
  readonly createdAt: number;
  /** When the relay noted it as published: an upper bound of when the broker had it. */
  readonly publishedAt: number | null;
  /** When the last of the consumers had applied it. */
  readonly appliedAt: number | null;
  readonly quarantined: boolean;
}

export interface RecoveryWindow {
  /** Seconds after the heal. */
  readonly from: number;
  /** Events created in the window, from creation to the last consumer; those still on their way are left out. */
  readonly events: Distribution;
  /** Orders placed in the window, from placing to the last consumer of their last event; the same. */
  readonly orders: Distribution;
  /** Events created, and orders placed, in the window that are still on their way. */
  readonly unfinished: number;
}

export interface OutageRecovery {
  readonly outageSeconds: number;
  /** Of all events. */
  readonly quarantined: number;
  /** Created before the heal and published after it. */
  readonly backlog: number;
  /** From the heal until the last of the backlog was published; null when some of it never was. */
  readonly drainedAfterMs: number | null;
  /** Of events created after that moment. */
  readonly publishAfterMs: Distribution;
  readonly windows: readonly RecoveryWindow[];
  /** Seconds after the heal from which on 99 % of the events of every window took under a second; null when never. */
  readonly eventsBackAfter: number | null;
  /** The same for the whole life of orders, which is several events one after the other: for half of them, and for 99 %. */
  readonly ordersBackAfter: { readonly p50: number | null; readonly p99: number | null };
}

const WINDOW_MS = 30_000;
const BACK_MS = 1_000;

const drainedAt = (backlog: readonly EventTimes[], healedAt: number): number | null =>
  backlog.reduce<number | null>(
    (last, { publishedAt }) => (last === null || publishedAt === null ? null : Math.max(last, publishedAt)),
    healedAt,
  );

/** Placed when its first event was created, finished when its last one is applied. */
const livesOf = (events: readonly EventTimes[]): readonly Pick<EventTimes, 'createdAt' | 'appliedAt'>[] => {
  const orders = new Map<string, { createdAt: number; appliedAt: number | null }>();
  for (const { orderId, createdAt, appliedAt } of events) {
    const life = orders.get(orderId) ?? { createdAt, appliedAt };
    life.createdAt = Math.min(life.createdAt, createdAt);
    life.appliedAt = life.appliedAt === null || appliedAt === null ? null : Math.max(life.appliedAt, appliedAt);
    orders.set(orderId, life);
  }
  return [...orders.values()];
};

const delaysIn = (
  times: readonly Pick<EventTimes, 'createdAt' | 'appliedAt'>[],
  from: number,
): { readonly delays: Distribution; readonly unfinished: number } => {
  const own = times.filter(({ createdAt }) => createdAt >= from && createdAt < from + WINDOW_MS);
  const delays = own.flatMap(({ createdAt, appliedAt }) => (appliedAt === null ? [] : [appliedAt - createdAt]));
  return { delays: distributionOf(delays), unfinished: own.length - delays.length };
};

/** From which window on every one that has something to show shows less than a second. */
const backAfter = (
  windows: readonly RecoveryWindow[],
  of: 'events' | 'orders',
  share: 'p50' | 'p99',
): number | null => {
  const slow = windows.findLastIndex((window) => window[of][share] >= BACK_MS || window.unfinished > 0);
  const first = windows.slice(slow + 1).find((window) => window[of].count > 0);
  return first?.from ?? null;
};

/** `until`: when the load ended. Windows that begin later would show an idle service. */
export const outageRecovery = (
  events: readonly EventTimes[],
  outage: { readonly at: number; readonly healedAt: number },
  until: number,
): OutageRecovery => {
  const { at, healedAt } = outage;
  const backlog = events.filter(
    ({ createdAt, publishedAt }) => createdAt <= healedAt && (publishedAt === null || publishedAt > healedAt),
  );
  const drained = drainedAt(backlog, healedAt);
  const later = drained === null ? [] : events.filter(({ createdAt }) => createdAt > drained);
  const lives = livesOf(events);
  const count = Math.max(0, Math.ceil((until - healedAt) / WINDOW_MS));
  const windows = Array.from({ length: count }, (_, index): RecoveryWindow => {
    const from = healedAt + index * WINDOW_MS;
    const [ofEvents, ofOrders] = [delaysIn(events, from), delaysIn(lives, from)];
    return {
      from: (index * WINDOW_MS) / 1_000,
      events: ofEvents.delays,
      orders: ofOrders.delays,
      unfinished: ofEvents.unfinished + ofOrders.unfinished,
    };
  });
  return {
    outageSeconds: (healedAt - at) / 1_000,
    quarantined: events.filter(({ quarantined }) => quarantined).length,
    backlog: backlog.length,
    drainedAfterMs: drained === null ? null : drained - healedAt,
    publishAfterMs: distributionOf(
      later.flatMap(({ createdAt, publishedAt }) => (publishedAt === null ? [] : [publishedAt - createdAt])),
    ),
    windows,
    eventsBackAfter: backAfter(windows, 'events', 'p99'),
    ordersBackAfter: { p50: backAfter(windows, 'orders', 'p50'), p99: backAfter(windows, 'orders', 'p99') },
  };
};
