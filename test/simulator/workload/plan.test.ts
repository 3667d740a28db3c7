import { expect } from 'chai';
import fc from 'fast-check';
import { planWorkload, totalMinorOf } from '../../../simulator/workload/plan.ts';
import type { ChangeRequest } from '../../../simulator/workload/requests.ts';

const change: ChangeRequest = { path: '/orders/{orderId}/gift', raises: 'OrderShipped', body: { note: 'for you' } };

const planOptions = fc.record({
  seed: fc.integer({ min: 0, max: 0xffff_ffff }),
  orders: fc.integer({ min: 1, max: 120 }),
  ratePerSecond: fc.double({ min: 0.1, max: 1_000, noNaN: true }),
});

describe('the plan of the workload', () => {
  it('is a function of its options alone', () => {
    fc.assert(
      fc.property(planOptions, (options) => {
        expect(planWorkload(options)).to.deep.equal(planWorkload({ ...options }));
      }),
    );
  });

  it('differs from seed to seed', () => {
    const [one, other] = [1, 2].map((seed) => planWorkload({ seed, orders: 20, ratePerSecond: 10 }));
    expect(one).not.to.deep.equal(other);
  });

  it('lasts as long as orders and rate say, in order of arrival', () => {
    fc.assert(
      fc.property(planOptions, (options) => {
        const plan = planWorkload(options);
        const lastsMs = (options.orders / options.ratePerSecond) * 1_000;
        expect(plan).to.have.length(options.orders);
        expect(plan.at(-1)?.atMs).to.be.closeTo(lastsMs, 1);
        expect(plan.map(({ atMs }) => atMs)).to.deep.equal(plan.map(({ atMs }) => atMs).sort((a, b) => a - b));
      }),
    );
  });

  it('gives every request a key and a marker of its own', () => {
    fc.assert(
      fc.property(planOptions, (options) => {
        const plan = planWorkload({ ...options, cancelRatio: 0.5, changes: [change], poisonAtMs: 10 });
        const keys = plan
          .flatMap(({ changes, ...order }) => [order, ...changes, order.cancellation ?? []].flat())
          .map(({ idempotencyKey }) => idempotencyKey);
        const markers = plan.flatMap((order) => [order.body.customerId, order.cancellation?.reason ?? []].flat());
        expect(new Set(keys).size).to.equal(keys.length);
        expect(new Set(markers).size).to.equal(markers.length);
      }),
    );
  });

  it('cancels the share it is told to, some right away and some after the payment', () => {
    const cancelled = planWorkload({ seed: 7, orders: 2_000, ratePerSecond: 100, cancelRatio: 0.1 }).flatMap(
      ({ cancellation }) => cancellation ?? [],
    );
    expect(cancelled.length).to.be.within(140, 260);
    expect(new Set(cancelled.map(({ after }) => after))).to.deep.equal(new Set(['placed', 'paid']));
  });

  it('asks for a change of some orders, some right away and some after the payment, without moving anything else', () => {
    const options = { seed: 7, orders: 2_000, ratePerSecond: 100 };
    const plan = planWorkload({ ...options, changes: [change] });
    const planned = plan.flatMap(({ changes }) => changes);
    expect(planned.length).to.be.within(400, 600);
    expect(planned[0]).to.deep.include(change);
    expect(new Set(planned.map(({ after }) => after))).to.deep.equal(new Set(['placed', 'paid']));
    const bare = plan.map((order) => ({ ...order, changes: [] }));
    expect(bare).to.deep.equal(planWorkload({ ...options, changes: [] }));
    const another = planWorkload({ ...options, changes: [{ ...change, raises: 'OrderPaid' }, change] });
    expect(another.map(({ changes }) => changes.filter(({ raises }) => raises === change.raises))).to.deep.equal(
      plan.map(({ changes }) => changes),
    );
  });

  it('adds the poisoned order without moving any other', () => {
    const options = { seed: 11, orders: 40, ratePerSecond: 20 };
    const withPoison = planWorkload({ ...options, poisonAtMs: 700 });
    const bare = ({ poison, ...order }: (typeof withPoison)[number]): object => ({ ...order, poison, index: 0 });
    expect(withPoison.filter(({ poison }) => !poison).map(bare)).to.deep.equal(planWorkload(options).map(bare));
    const [poisoned] = withPoison.filter(({ poison }) => poison);
    expect(poisoned?.atMs).to.equal(700);
    expect(poisoned?.cancellation?.after).to.equal('placed');
    const bytes = Buffer.byteLength(JSON.stringify(poisoned?.body));
    expect(bytes, 'above the 64 KB of the topic, below the 256 KB of the API').to.be.within(95_000, 110_000);
  });

  it('adds an order up in minor units', () => {
    const unitPrice = { amountMinor: 250, currency: 'EUR' };
    const lines = [
      { sku: 'a', quantity: 3, unitPrice },
      { sku: 'b', quantity: 1, unitPrice: { ...unitPrice, amountMinor: 1 } },
    ];
    expect(totalMinorOf({ customerId: 'c', lines })).to.equal(751);
  });
});
