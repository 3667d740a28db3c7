import { expect } from 'chai';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import {
  apiDiesBeforeCommit,
  consumersDieAfterEffect,
  relayDiesAfterAck,
  relayDiesBeforeSend,
} from '../../../simulator/faults/failpoints.ts';
import {
  adding,
  aRun,
  customer,
  DELIVERED,
  ofEvent,
  only,
  START,
  unseen,
  withRow,
  withRows,
} from '../checker/evidence-builder.ts';
import { judgedBy } from './judged-rows.ts';

const good = aRun(DELIVERED);

const withDeaths = (evidence: Evidence, kind: string, times: number): Evidence =>
  adding(
    evidence,
    'faults',
    ...Array.from({ length: times }, () => ({ kind, target: 'relay', at: START, healedAt: START + 1_000 })),
  );

describe('the rows in which a process dies at a moment', () => {
  it('a relay that dies before it sends: passes when both deaths happened and nothing was left', () => {
    const run = withDeaths(good, 'relay-dies-before-send', 2);
    expect(judgedBy(relayDiesBeforeSend, run)).to.deep.equal([true, true, true]);
    const left = withRow(run, 'outbox', ofEvent(1, 4), { status: 'PENDING' });
    expect(judgedBy(relayDiesBeforeSend, left)).to.deep.equal([true, true, false]);
    expect(judgedBy(relayDiesBeforeSend, withDeaths(good, 'relay-dies-before-send', 1))[0]).to.equal(false);
  });

  it('a relay that dies after the acknowledgement: a run without a duplicate proves nothing', () => {
    const run = withDeaths(good, 'relay-dies-after-ack', 2);
    expect(judgedBy(relayDiesAfterAck, run)).to.deep.equal([true, false, true]);
    const first = only(good.log.rows.filter(ofEvent(1, 4)));
    const again = adding(run, 'log', { ...first, offset: first.offset + 1, appendedAt: first.appendedAt + 1 });
    expect(judgedBy(relayDiesAfterAck, again)).to.deep.equal([true, true, true]);
  });

  it('an API that dies before COMMIT: a request that was sent again has placed one order, not two and not none', () => {
    const run = withDeaths(good, 'api-dies-before-commit', 3);
    expect(judgedBy(apiDiesBeforeCommit, run), 'nothing was sent again').to.deep.equal([true, false]);
    const again = withRow(run, 'history', ({ kind }) => kind === 'place', { sent: 2 });
    expect(judgedBy(apiDiesBeforeCommit, again)).to.deep.equal([true, true]);
    const order = only(again.orders.rows.filter(({ customerId }) => customerId === customer(1)));
    const twice = adding(again, 'orders', { ...order, orderId: 'another' });
    expect(judgedBy(apiDiesBeforeCommit, twice)).to.deep.equal([true, false]);
    expect(judgedBy(apiDiesBeforeCommit, unseen(again, 'orders'))).to.deep.equal([true, undefined]);
  });

  it('consumers that die after an effect: fails when the effect is there twice, or there is none', () => {
    const run = withDeaths(good, 'consumers-die-after-effect', 2);
    expect(judgedBy(consumersDieAfterEffect, run)).to.deep.equal([true, true]);
    const [effect] = run.effects.rows;
    if (effect === undefined) throw new Error('the run has no effect');
    expect(judgedBy(consumersDieAfterEffect, adding(run, 'effects', { ...effect, id: 9_999 }))[1]).to.equal(false);
    expect(
      judgedBy(
        consumersDieAfterEffect,
        withRows(run, 'effects', () => []),
      )[1],
    ).to.equal(false);
  });
});
