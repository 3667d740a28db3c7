import { expect } from 'chai';
import { faultNamed } from '../../../simulator/faults/catalog.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import {
  judgeGoingOn,
  judgeLeases,
  judgeSemiSync,
  mysqlFailover,
  mysqlFailoverWith,
  writeGapOf,
} from '../../../simulator/faults/rows/mysql-failover.ts';
import { transactionsIn } from '../../../simulator/faults/rows/mysql-replication.ts';
import { needsOf } from '../../../simulator/run/needs-of.ts';
import { adding, aRun, DELIVERED, START, unseen } from '../checker/evidence-builder.ts';

const KILLED_AT = START + 2_000;

/** Four events of each order, 20 ms after one another from `START + 1 s` on; the later two are moved behind the failover. */
const failedOver = (gapMs: number): Evidence => {
  const run = adding(aRun(DELIVERED, DELIVERED), 'faults', {
    kind: mysqlFailover.name,
    target: 'mysql',
    at: KILLED_AT,
    healedAt: KILLED_AT + 5_000,
  });
  const lastBefore = Math.max(...run.outbox.rows.filter(({ sequence }) => sequence <= 2).map((row) => row.createdAt));
  const firstAfter = Math.min(...run.outbox.rows.filter(({ sequence }) => sequence > 2).map((row) => row.createdAt));
  const shift = lastBefore + gapMs - firstAfter;
  const rows = run.outbox.rows.map((row) =>
    row.sequence <= 2 ? row : { ...row, createdAt: row.createdAt + shift, occurredAt: row.occurredAt + shift },
  );
  return { ...run, outbox: { rows, missing: [] } };
};

const holdsOf = (evidence: Evidence) => judgeGoingOn({ evidence }).map(({ holds }) => holds);

describe('the row in which MySQL fails over', () => {
  it('is row 38, with a semi-synchronous pair and one address in front of it', () => {
    expect(faultNamed('mysql-failover')?.row?.number).to.equal(38);
    expect(needsOf([mysqlFailover])).to.include({ replication: 'semi-synchronous' });
    expect(needsOf([mysqlFailover]).proxies).to.deep.equal(['mysql']);
    expect(mysqlFailoverWith('asynchronous').row.house?.replication).to.equal('asynchronous');
  });

  it('demands that every commit waited for the replica, up to the kill', () => {
    const good = { isOn: true, acknowledged: 100, alone: 0, waiting: 3 };
    expect(judgeSemiSync(good).holds).to.equal(true);
    expect(judgeSemiSync({ ...good, isOn: false }).holds).to.equal(false);
    expect(judgeSemiSync({ ...good, alone: 1 }).holds).to.equal(false);
    expect(judgeSemiSync({ ...good, acknowledged: 0 }).holds).to.equal(false);
  });

  it('demands that every lane is led again, and that no epoch went back', () => {
    const before = [
      { name: 'lane-0', owner: 'a', epoch: 3 },
      { name: 'lane-1', owner: 'a', epoch: 1 },
    ];
    const risen = before.map((lease) => ({ ...lease, epoch: lease.epoch + 1 }));
    expect(judgeLeases(before, before).holds).to.equal(true);
    expect(judgeLeases(before, risen).holds).to.equal(true);
    expect(judgeLeases(risen, before).holds).to.equal(false);
    expect(judgeLeases(before, before.slice(1)).holds).to.equal(false);
    expect(judgeLeases([], []).holds).to.equal(false);
  });

  it('tells for how long nothing was written, and that orders went on after it', () => {
    const gap = writeGapOf(failedOver(3_000));
    expect(gap === undefined ? undefined : gap.to - gap.from).to.equal(3_000);
    expect(holdsOf(failedOver(3_000))).to.deep.equal([true, true]);
    expect(judgeGoingOn({ evidence: failedOver(3_000) }).map(({ what }) => what)).to.deep.equal([
      'nothing was written for 3.0 s',
      '2 orders begun before went on after it',
    ]);
  });

  it('a stop of a minute, and orders that do not go on, are told; without evidence nothing is decided', () => {
    expect(holdsOf(failedOver(60_000))[0]).to.equal(false);
    const ended = failedOver(3_000);
    const others = ended.outbox.rows.map((row) =>
      row.sequence <= 2 ? row : { ...row, orderId: `${row.orderId}-new` },
    );
    expect(holdsOf({ ...ended, outbox: { rows: others, missing: [] } })[1]).to.equal(false);
    expect(holdsOf(unseen(ended, 'outbox'))).to.deep.equal([undefined, undefined]);
    expect(holdsOf(aRun(DELIVERED))).to.deep.equal([undefined, undefined]);
  });

  it('counts the transactions of a set', () => {
    expect(transactionsIn('')).to.equal(0);
    expect(
      transactionsIn('63d15f8b-eb95-11f1-a920-02fc00000001:1-10:12,647b07c1-eb95-11f1-8b0e-02fc00000001:7'),
    ).to.equal(12);
  });
});
