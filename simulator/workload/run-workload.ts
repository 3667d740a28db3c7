import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, Outcome } from './client.ts';
import { totalMinorOf } from './plan.ts';
import type { PlannedCancellation, PlannedOrder } from './plan.ts';

/** The part of the client that is used. */
type Client = Pick<ApiClient, 'command' | 'statusOf'>;

export interface WorkloadObserver {
  placed(outcome: Outcome): void;
}

export interface Workload {
  /** Every planned request has its outcome, or the signal was aborted. */
  readonly finished: Promise<void>;
  /** ID of the order that can never be published, once it and its cancellation were accepted; undefined without one. */
  readonly poisoned: Promise<string | undefined>;
}

/** A waiting client looks often at first, then ever less: thousands of them must not be the load. */
const LOOK_EVERY_MS = 150;
const LOOK_AT_LEAST_EVERY_MS = 2_000;
/** A client that waits for the payment of its order before it cancels gives up after this long. */
const PAID_PATIENCE_MS = 60_000;

/** False when the signal ended it. */
const pause = (ms: number, signal: AbortSignal): Promise<boolean> => sleep(ms, true, { signal }).catch(() => false);

const waitUntilPaid = async (client: Client, orderId: string, signal: AbortSignal): Promise<boolean> => {
  const giveUpAt = Date.now() + PAID_PATIENCE_MS;
  let wait = LOOK_EVERY_MS;
  while (Date.now() < giveUpAt) {
    const status = await client.statusOf(orderId);
    if (status !== undefined && status !== 'placed') return true;
    if (!(await pause(wait, signal))) return false;
    wait = Math.min(wait * 1.5, LOOK_AT_LEAST_EVERY_MS);
  }
  return false;
};

const cancel = (client: Client, orderId: string, { reason, idempotencyKey }: PlannedCancellation): Promise<Outcome> =>
  client.command(
    { kind: 'cancel', idempotencyKey, orderId, marker: reason, totalMinor: null },
    `/orders/${orderId}/cancellation`,
    { reason },
  );

/** Runs the plan against the clock: arrivals do not wait for answers, as real clients do not. */
export const runWorkload = (
  plan: readonly PlannedOrder[],
  client: Client,
  signal: AbortSignal,
  observer: WorkloadObserver,
): Workload => {
  const startedAt = performance.now();
  const runOrder = async (order: PlannedOrder): Promise<string | undefined> => {
    if (!(await pause(Math.max(0, order.atMs - (performance.now() - startedAt)), signal))) return undefined;
    const { body, idempotencyKey, cancellation } = order;
    const placed = await client.command(
      { kind: 'place', idempotencyKey, orderId: null, marker: body.customerId, totalMinor: totalMinorOf(body) },
      '/orders',
      body,
    );
    observer.placed(placed);
    if (placed.outcome !== 'ok' || placed.orderId === null) return undefined;
    if (cancellation === undefined) return placed.orderId;
    if (cancellation.after === 'paid' && !(await waitUntilPaid(client, placed.orderId, signal))) return placed.orderId;
    if (!(await pause(cancellation.delayMs, signal))) return undefined;
    await cancel(client, placed.orderId, cancellation);
    return placed.orderId;
  };
  const running = plan.map((order) => ({ order, done: runOrder(order) }));
  return {
    finished: Promise.all(running.map(({ done }) => done)).then(() => undefined),
    poisoned: running.find(({ order }) => order.poison)?.done ?? Promise.resolve(undefined),
  };
};
