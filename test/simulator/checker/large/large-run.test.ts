import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as t from 'io-ts';
import { checkStored } from '../../../../simulator/checker/check-stored.ts';
import type { StoredCheck } from '../../../../simulator/checker/check-stored.ts';
import { worthALook } from '../../../../simulator/report/interesting-orders.ts';
import { orderId } from '../evidence-builder.ts';
import { syntheticRun } from './synthetic-run.ts';
import type { Flaw } from './synthetic-run.ts';

const ORDERS = 5_000;

const withDirectory = async <A>(act: (directory: string) => Promise<A>): Promise<A> => {
  const directory = mkdtempSync(join(tmpdir(), 'checker-'));
  try {
    return await act(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const judgedRun = (flaw: Flaw): Promise<StoredCheck & { readonly shards: number }> =>
  withDirectory(async (directory) => {
    const stored = syntheticRun(directory, ORDERS, flaw);
    return { ...(await checkStored(stored, worthALook())), shards: stored.shardCount };
  });

const PRINT_KEPT_MEMORY = fileURLToPath(new URL('./print-kept-memory.ts', import.meta.url));

/** Bytes in use after each shard, in a process with little memory. */
const keptMemory = (orders: number): Promise<readonly number[]> =>
  withDirectory(async (directory) => {
    const options = ['--expose-gc', '--max-old-space-size=160', '--import', 'tsx'];
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...options,
      PRINT_KEPT_MEMORY,
      String(orders),
      directory,
    ]);
    const printed: unknown = JSON.parse(stdout);
    if (!t.array(t.number).is(printed)) throw new Error(`no list of numbers: ${stdout}`);
    return printed;
  });

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

describe('a run of 60,000 events on disk', function () {
  this.timeout(180_000);

  it('is judged in the memory of one shard: what is in use does not grow from shard to shard', async () => {
    const [, second = 0, ...others] = await keptMemory(15_000);
    expect(others.length).to.be.greaterThan(3);
    expect(Math.max(...others)).to.be.lessThan(1.2 * second);
  });
});
