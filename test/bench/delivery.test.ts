import { expect } from 'chai';
import { deliveryOf, isWhole } from '../../bench/observe/delivery.ts';
import type { Appended } from '../../bench/observe/read-topic.ts';

const record = (orderKey: string, sequence: number): Appended => ({
  eventId: `${orderKey}${sequence}`,
  orderKey,
  sequence,
  at: 0,
});

describe('what a measured system delivered', () => {
  const expected = ['a1', 'a2', 'b1'];

  it('is whole when each event is there once, in the order of its order', () => {
    const delivery = deliveryOf([record('a', 1), record('b', 1), record('a', 2)], expected);
    expect(delivery).to.deep.equal({ events: 3, missing: 0, duplicates: 0, disorder: 0 });
    expect(isWhole(delivery)).to.equal(true);
  });

  it('is whole with duplicates, which are counted', () => {
    const delivery = deliveryOf([record('a', 1), record('a', 2), record('a', 1), record('b', 1)], expected);
    expect(delivery).to.include({ duplicates: 1, disorder: 0 });
    expect(isWhole(delivery)).to.equal(true);
  });

  it('is not whole when an event is missing', () => {
    const delivery = deliveryOf([record('a', 1), record('b', 1)], expected);
    expect(delivery.missing).to.equal(1);
    expect(isWhole(delivery)).to.equal(false);
  });

  it('is not whole when a later event came first', () => {
    const delivery = deliveryOf([record('a', 2), record('a', 1), record('b', 1)], expected);
    expect(delivery.disorder).to.equal(2);
    expect(isWhole(delivery)).to.equal(false);
  });
});
