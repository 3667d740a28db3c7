import { expect } from 'chai';
import { check } from '../../../simulator/checker/check.ts';
import { SOURCE_NAMES } from '../../../simulator/checker/evidence.ts';
import { aRun, DELIVERED, judged, ofEvent, ofOrder, unseen, withRow, withRows, without } from './evidence-builder.ts';

const good = aRun(DELIVERED, ['OrderPlaced', 'OrderCancelled']);

describe('the verdict', () => {
  it('is pass when every invariant holds', () => {
    const { verdict, invariants } = check(good);
    expect(invariants.filter((invariant) => invariant.verdict !== 'pass')).to.deep.equal([]);
    expect(verdict).to.equal('pass');
  });

  it('judges invariants 1 to 18, in order', () => {
    expect(check(good).invariants.map(({ id }) => id)).to.deep.equal(
      Array.from({ length: 18 }, (_, index) => index + 1),
    );
  });

  it('is fail as soon as one invariant fails, whatever else is unknown', () =>
    expect(check(unseen(without(good, 'log', ofEvent(1, 2)), 'backlog')).verdict).to.equal('fail'));

  for (const name of SOURCE_NAMES)
    it(`is unknown when a part of ${name} was not seen`, () => {
      expect(check(unseen(good, name, 'the disk was full')).verdict).to.equal('unknown');
      expect(judged(18, unseen(good, name, 'the disk was full')).doubts).to.deep.equal([`${name}: the disk was full`]);
    });

  it('is unknown, never pass, when nothing was observed at all', () => {
    const { verdict, invariants } = check(aRun());
    expect(verdict).to.equal('unknown');
    expect(invariants.filter((invariant) => invariant.verdict === 'fail')).to.deep.equal([]);
  });

  it('is the same for the same evidence', () => expect(check(good)).to.deep.equal(check(good)));

  it('shows the order with the shortest life as counterexample', () => {
    const broken = without(without(good, 'log', ofEvent(1, 4)), 'log', ofEvent(2, 2));
    expect(judged(3, broken).counterexample?.orderId).to.equal(good.orders.rows[1]?.orderId);
  });
});

describe('invariant 18: evidence', () => {
  it('holds when all was seen', () => expect(judged(18, good).verdict).to.equal('pass'));

  it('is unknown when a consumer applied nothing', () => {
    const idle = without(good, 'inbox', (row) => row.consumer === 'shipping');
    expect(judged(18, idle).doubts).to.include('shipping was not seen to apply any event');
  });

  it('is unknown when no client request succeeded', () => {
    const none = withRows(good, 'history', (all) =>
      all.map((row) => ({ ...row, outcome: 'unknown' as const, status: null })),
    );
    expect(judged(18, none).verdict).to.equal('unknown');
  });

  it('is unknown when an outcome contradicts its status', () => {
    const odd = withRow(good, 'history', ofOrder(1), { status: 503 });
    expect(judged(18, odd).doubts.join()).to.contain('contradicts');
  });
});
