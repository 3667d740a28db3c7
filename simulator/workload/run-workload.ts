import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient, Outcome } from './client.ts';
import { totalMinorOf } from './plan.ts';
import type { PlannedCancellation, PlannedChange, PlannedMoment, PlannedOrder } from './plan.ts';

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
const LOOK_AT_LEAST_EVERY_MS = 10_000;
/** A client that waits for the payment of its order before it cancels or changes it gives up after this long. */
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

const change = (client: Client, orderId: string, { path, raises, body, idempotencyKey }: PlannedChange) =>
  client.command(
    { kind: 'change', idempotencyKey, orderId, marker: raises, totalMinor: null },
    path.replace('{orderId}', orderId),
    body,
  );

/** Runs the plan against the clock: arrivals do not wait for answers, as real clients do not. */
export const runWorkload = (
  plan: readonly PlannedOrder[],
  client: Client,
  signal: AbortSignal,
  observer: WorkloadObserver,
): Workload => {
  const startedAt = performance.now();
  const hasCome = async ({ atMs }: PlannedOrder): Promise<boolean> => {
    const left = atMs - (performance.now() - startedAt);
    return left > 0 ? pause(left, signal) : !signal.aborted;
  };
  /** False: the client gave up waiting, or the signal ended it. */
  const isTime = async (orderId: string, { after, delayMs }: PlannedMoment): Promise<boolean> =>
    (after === 'placed' || (await waitUntilPaid(client, orderId, signal))) && pause(delayMs, signal);
  const runChange = async (orderId: string, planned: PlannedChange): Promise<void> => {
    if (await isTime(orderId, planned)) await change(client, orderId, planned);
  };
  const runCancellation = async (orderId: string, planned: PlannedCancellation): Promise<void> => {
    if (await isTime(orderId, planned)) await cancel(client, orderId, planned);
  };
  const runOrder = async (order: PlannedOrder): Promise<string | undefined> => {
    const { body, idempotencyKey, cancellation, changes } = order;
    const placed = await client.command(
      { kind: 'place', idempotencyKey, orderId: null, marker: body.customerId, totalMinor: totalMinorOf(body) },
      '/orders',
      body,
    );
    observer.placed(placed);
    const { outcome, orderId } = placed;
    if (outcome !== 'ok' || orderId === null) return undefined;
    await Promise.all([
      ...changes.map((planned) => runChange(orderId, planned)),
      ...(cancellation === undefined ? [] : [runCancellation(orderId, cancellation)]),
    ]);
    return orderId;
  };
  let tellPoisoned: (order?: Promise<string | undefined>) => void = () => undefined;
  const poisoned = new Promise<string | undefined>((resolve) => (tellPoisoned = resolve));
  const runAll = async (): Promise<void> => {
    const open = new Set<Promise<unknown>>();
    for (const order of plan) {
      if (!(await hasCome(order))) break;
      const running = runOrder(order);
      if (order.poison) tellPoisoned(running);
      open.add(running);
      // One that fails stays, and is told in the end.
      running.then(
        () => open.delete(running),
        () => undefined,
      );
    }
    tellPoisoned();
    await Promise.all(open);
  };
  return { finished: runAll(), poisoned };
};
