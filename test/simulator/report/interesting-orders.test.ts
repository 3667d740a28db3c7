import { expect } from 'chai';
import { indexEvidence } from '../../../simulator/checker/evidence-index.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { worthALook } from '../../../simulator/report/interesting-orders.ts';
import { aRun, DELIVERED, ofEvent, orderId, START, withRow, withRows } from '../checker/evidence-builder.ts';

const ROOM = 400;
const OF_A_KIND = 40;
const SLOWEST = 10;

const orders = (count: number): Evidence => aRun(...Array.from({ length: count }, () => DELIVERED));
const sentTwice = (evidence: Evidence): Evidence =>
  withRows(evidence, 'history', (rows) => rows.map((row) => ({ ...row, sent: 2 })));
const slow = (evidence: Evidence, order: number): Evidence =>
  withRow(evidence, 'inbox', ofEvent(order, 2), { appliedAt: START + 55_000 });

describe('the orders of a large run that are worth a look', () => {
  it('are all of them as long as there is room', () => {
    const few = orders(30);
    const named = worthALook();
    expect(new Set(named(indexEvidence(few)))).to.deep.equal(new Set(few.orders.rows.map((row) => row.orderId)));
  });

  it('are not more because there are more shards', () => {
    const shard = indexEvidence(sentTwice(orders(450)));
    const named = worthALook();
    expect([...named(shard)]).to.have.lengthOf(ROOM + OF_A_KIND + SLOWEST);
    expect([...named(shard)]).to.deep.equal([]);
    expect([...named(shard)]).to.deep.equal([]);
  });

  it('are some of a kind though the first shards had none', () => {
    const named = worthALook();
    named(indexEvidence(orders(450)));
    expect([...named(indexEvidence(sentTwice(orders(30))))]).to.have.lengthOf(30);
    expect([...named(indexEvidence(sentTwice(orders(30))))]).to.have.lengthOf(OF_A_KIND - 30);
  });

  it('are the slowest of all shards, in whichever of them', () => {
    const plain = orders(450);
    const named = worthALook();
    named(indexEvidence(plain));
    expect([...named(indexEvidence(slow(plain, 440)))]).to.deep.equal([orderId(440)]);
    expect([...named(indexEvidence(slow(slow(plain, 7), 9)))]).to.have.members([orderId(7), orderId(9)]);
    expect([...named(indexEvidence(plain))]).to.deep.equal([]);
  });
});
