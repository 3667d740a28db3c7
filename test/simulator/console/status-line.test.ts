import { expect } from 'chai';
import { statusLine } from '../../../simulator/console/status-line.ts';

const progress = {
  orders: 12,
  delivered: 7,
  cancelled: 1,
  committed: 40,
  published: 38,
  pending: 1,
  held: 0,
  quarantined: 0,
  consumed: { payment: 37, shipping: 36 },
};
const facts = { elapsedSeconds: 9.8, requested: 20, accepted: 12, progress, faults: [] };

describe('the status line', () => {
  it('tells placed, published, consumed, delivered, cancelled and the backlog', () => {
    expect(statusLine(facts)).to.equal(
      '  9 s | placed 12/20 | published 38/40 | consumed 37+36 | delivered 7, cancelled 1 | backlog 1',
    );
  });

  it('tells what is held, quarantined and broken only while something is', () => {
    expect(
      statusLine({ ...facts, progress: { ...progress, held: 1, quarantined: 1 }, faults: ['relay-kill'] }),
    ).to.match(/ \| held 1 \| quarantined 1 \| broken: relay-kill$/);
  });

  it('says when the database does not answer', () => {
    expect(statusLine({ ...facts, progress: undefined, faults: ['mysql-restart'] })).to.equal(
      '  9 s | placed 12/20 | the databases do not answer in time | broken: mysql-restart',
    );
  });
});
