import { expect } from 'chai';
import type { Outcome } from '../../../simulator/workload/client.ts';
import type { PlannedOrder } from '../../../simulator/workload/plan.ts';
import { runWorkload } from '../../../simulator/workload/run-workload.ts';

const order = (index: number, extra: Partial<PlannedOrder> = {}): PlannedOrder => ({
  index,
  atMs: 0,
  idempotencyKey: `place-${index}`,
  body: { customerId: `customer-${index}`, lines: [] },
  poison: false,
  ...extra,
});

const cancelAfter = (after: 'placed' | 'paid'): Partial<PlannedOrder> => ({
  cancellation: { after, delayMs: 0, reason: 'changed my mind', idempotencyKey: 'cancel-0' },
});

/** Answers as told and notes the requests made. */
const run = async (
  plan: readonly PlannedOrder[],
  outcome: Outcome['outcome'] = 'ok',
  statuses: readonly string[] = ['placed'],
  signal: AbortSignal = new AbortController().signal,
): Promise<{ requests: string[]; poisoned: string | undefined }> => {
  const requests: string[] = [];
  let reads = 0;
  const client = {
    command: (invocation: { idempotencyKey: string }, path: string): Promise<Outcome> => {
      requests.push(`${path} ${invocation.idempotencyKey}`);
      return Promise.resolve({ outcome, orderId: outcome === 'ok' ? 'order-1' : null });
    },
    statusOf: () => {
      const status = statuses[Math.min(reads++, statuses.length - 1)];
      requests.push(`saw ${status ?? 'nothing'}`);
      return Promise.resolve(status);
    },
  };
  const workload = runWorkload(plan, client, signal, { placed: () => undefined });
  await workload.finished;
  return { requests, poisoned: await workload.poisoned };
};

describe('the workload', () => {
  it('given a cancellation right after the placement, sends it once the order is accepted', async () => {
    const { requests } = await run([order(0, cancelAfter('placed'))]);
    expect(requests).to.deep.equal(['/orders place-0', '/orders/order-1/cancellation cancel-0']);
  });

  it('given a cancellation after the payment, waits until the order is seen paid', async () => {
    const { requests } = await run([order(0, cancelAfter('paid'))], 'ok', ['placed', 'paid']);
    expect(requests).to.deep.equal([
      '/orders place-0',
      'saw placed',
      'saw paid',
      '/orders/order-1/cancellation cancel-0',
    ]);
  });

  for (const outcome of ['fail', 'unknown'] as const)
    it(`given a placement with outcome ${outcome}, cancels nothing`, async () => {
      const { requests } = await run([order(0, cancelAfter('placed'))], outcome);
      expect(requests).to.deep.equal(['/orders place-0']);
    });

  it('tells the ID of the poisoned order once its cancellation is answered', async () => {
    const { requests, poisoned } = await run([order(0, { poison: true, ...cancelAfter('placed') })]);
    expect(poisoned).to.equal('order-1');
    expect(requests).to.have.length(2);
  });

  it('given an aborted run, sends nothing more', async () => {
    const { requests } = await run([order(0, { atMs: 3_600_000 })], 'ok', [], AbortSignal.abort());
    expect(requests).to.deep.equal([]);
  });
});
