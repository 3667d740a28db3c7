import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import type { Invocation } from '../../../simulator/history/history.ts';
import type { Outcome } from '../../../simulator/workload/client.ts';
import type { PlannedOrder } from '../../../simulator/workload/plan.ts';
import { runWorkload } from '../../../simulator/workload/run-workload.ts';

const order = (index: number, extra: Partial<PlannedOrder> = {}): PlannedOrder => ({
  index,
  atMs: 0,
  idempotencyKey: `place-${index}`,
  body: { customerId: `customer-${index}`, lines: [] },
  changes: [],
  poison: false,
  ...extra,
});

const cancelAfter = (after: 'placed' | 'paid'): Partial<PlannedOrder> => ({
  cancellation: { after, delayMs: 0, reason: 'changed my mind', idempotencyKey: 'cancel-0' },
});

const gift: Partial<PlannedOrder> = {
  changes: [
    {
      path: '/orders/{orderId}/gift',
      raises: 'OrderShipped',
      body: { note: 'for you' },
      after: 'paid',
      delayMs: 0,
      idempotencyKey: 'gift-0',
    },
  ],
};

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

  it('given a change after the payment, sends it with its body once the order is seen paid, and says what it raises', async () => {
    const sent: unknown[] = [];
    const client = {
      command: (invocation: Invocation, path: string, body: unknown): Promise<Outcome> => {
        sent.push({ ...invocation, path, body });
        return Promise.resolve({ outcome: 'ok', orderId: 'order-1' });
      },
      statusOf: () => Promise.resolve('paid'),
    };
    const { signal } = new AbortController();
    await runWorkload([order(0, gift)], client, signal, { placed: () => undefined }).finished;
    expect(sent[1]).to.deep.equal({
      kind: 'change',
      idempotencyKey: 'gift-0',
      orderId: 'order-1',
      marker: 'OrderShipped',
      totalMinor: null,
      path: '/orders/order-1/gift',
      body: { note: 'for you' },
    });
    expect(sent).to.have.length(2);
  });

  it('given a change and a cancellation, lets neither wait for the other', async () => {
    const { requests } = await run([order(0, { ...gift, ...cancelAfter('placed') })], 'ok', ['placed', 'paid']);
    expect(requests).to.deep.equal([
      '/orders place-0',
      'saw placed',
      '/orders/order-1/cancellation cancel-0',
      'saw paid',
      '/orders/order-1/gift gift-0',
    ]);
  });

  for (const outcome of ['fail', 'unknown'] as const)
    it(`given a placement with outcome ${outcome}, cancels and changes nothing`, async () => {
      const { requests } = await run([order(0, { ...gift, ...cancelAfter('placed') })], outcome);
      expect(requests).to.deep.equal(['/orders place-0']);
    });

  it('tells the ID of the poisoned order once its cancellation is answered', async () => {
    const { requests, poisoned } = await run([order(0, { poison: true, ...cancelAfter('placed') })]);
    expect(poisoned).to.equal('order-1');
    expect(requests).to.have.length(2);
  });

  it('given answers that do not come, sends the next orders all the same', async () => {
    const sent: string[] = [];
    let answer: (outcome: Outcome) => void;
    const answers = new Promise<Outcome>((resolve) => (answer = resolve));
    const client = {
      command: ({ idempotencyKey }: { idempotencyKey: string }): Promise<Outcome> => {
        sent.push(idempotencyKey);
        if (sent.length === 3) answer({ outcome: 'ok', orderId: 'order-1' });
        return answers;
      },
      statusOf: () => Promise.resolve(undefined),
    };
    const plan = [order(0), order(1, { atMs: 5 }), order(2, { atMs: 5 })];
    await runWorkload(plan, client, new AbortController().signal, { placed: () => undefined }).finished;
    expect(sent).to.deep.equal(['place-0', 'place-1', 'place-2']);
  });

  it('given a long plan, waits for one order at a time: those to come cost nothing yet', async () => {
    const run = new AbortController();
    const client = {
      command: (): Promise<Outcome> => Promise.reject(new Error('none is due')),
      statusOf: () => Promise.resolve(undefined),
    };
    const plan = Array.from({ length: 1_000 }, (_, index) => order(index, { atMs: 3_600_000 + index }));
    const { finished, poisoned } = runWorkload(plan, client, run.signal, { placed: () => undefined });
    expect(getEventListeners(run.signal, 'abort')).to.have.length(1);
    run.abort();
    await finished;
    expect(await poisoned).to.equal(undefined);
  });

  it('given an aborted run, sends nothing more', async () => {
    const { requests } = await run([order(0, { atMs: 3_600_000 })], 'ok', [], AbortSignal.abort());
    expect(requests).to.deep.equal([]);
  });
});
