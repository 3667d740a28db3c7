import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { checkStored } from '../../../../simulator/checker/check-stored.ts';
import type { StoredCheck } from '../../../../simulator/checker/check-stored.ts';
import { worthALook } from '../../../../simulator/report/interesting-orders.ts';
import { orderId } from '../evidence-builder.ts';
import { syntheticRun } from './synthetic-run.ts';
import type { Flaw } from './synthetic-run.ts';

const ORDERS = 5_000;

const judgedRun = async (flaw: Flaw): Promise<StoredCheck & { readonly shards: number }> => {
  const directory = mkdtempSync(join(tmpdir(), 'checker-'));
  try {
    const stored = syntheticRun(directory, ORDERS, flaw);
    return { ...(await checkStored(stored, worthALook())), shards: stored.shardCount };
  } finally {
    rmSync(directory, { recursive: true });
  }
};

describe('a run of 20,000 events on disk', function () {
  this.timeout(120_000);

  it('passes in several shards, and every event is counted', async () => {
    const { result, measured, shards } = await judgedRun({});
    expect(shards).to.be.greaterThan(1);
    expect(result.invariants.filter(({ verdict }) => verdict !== 'pass')).to.deep.equal([]);
    expect(measured.events).to.include({ committed: 4 * ORDERS, published: 4 * ORDERS, lost: 0 });
    expect(measured.publishDelayMs.calm.count).to.equal(4 * ORDERS);
  });

  it('fails on one lost event, with the whole life of its order', async () => {
    const { result, excerpt } = await judgedRun({ lostOf: 3_333 });
    const lost = result.invariants.find(({ id }) => id === 3);
    expect(lost).to.include({ verdict: 'fail', violations: 1, checked: 4 * ORDERS });
    expect(lost?.counterexample?.orderId).to.equal(orderId(3_334));
    expect(lost?.counterexample?.timeline.map(({ what }) => what)).to.include.members([
      'asks to place',
      '2 OrderPaid written',
      '3: effect-2',
    ]);
    expect(excerpt.orders.rows.map((row) => row.orderId)).to.include(orderId(3_334));
  });
});
