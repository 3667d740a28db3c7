import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Evidence, OutboxRow } from '../../../simulator/checker/evidence.ts';
import { rollingUpgrade } from '../../../simulator/faults/rows/rolling-upgrade.ts';
import { makeNextVersion } from '../../../simulator/upgrade/next-version.ts';
import { seeded } from '../../../simulator/workload/seeded.ts';
import { runCommand } from '../../../tools/environment/command.ts';
import { aRun, DELIVERED, orderId, START } from '../checker/evidence-builder.ts';
import { contextForTests, houseForTests } from './house-for-tests.ts';
import { judgedBy } from './judged-rows.ts';

const good = aRun(DELIVERED, DELIVERED, DELIVERED, DELIVERED);
const PAST = START + 600_000;

/** As if these orders had been placed by the new version. */
const placedByNext = (evidence: Evidence, ...orders: readonly number[]): Evidence => {
  const byNext = new Set(orders.map(orderId));
  const asNext = (row: OutboxRow): OutboxRow =>
    row.type === 'OrderPlaced' && byNext.has(row.orderId) ? { ...row, version: 2 } : row;
  return { ...evidence, outbox: { ...evidence.outbox, rows: evidence.outbox.rows.map(asNext) } };
};

const upgradedAt = (evidence: Evidence, healedAt: number): Evidence => ({
  ...evidence,
  faults: { rows: [{ kind: 'rolling-upgrade', target: 'api', at: START, healedAt }], missing: [] },
});

describe('the row of a rolling upgrade', () => {
  /* Of orders that take turns, the second and the fourth were placed by the new version. */
  const upgraded = upgradedAt(placedByNext(good, 2, 4), START + 1_100);

  it('passes when both versions placed orders in turns, and those of the old one went on without it', () =>
    expect(judgedBy(rollingUpgrade, upgraded)).to.deep.equal([true, true, true, true, true]));

  it('fails when the new version placed nothing', () =>
    expect(judgedBy(rollingUpgrade, upgradedAt(good, START + 1_100))[0]).to.equal(false));

  it('fails when one version began only after the other had ended', () =>
    expect(judgedBy(rollingUpgrade, upgradedAt(placedByNext(good, 3, 4), START + 1_100))[0]).to.equal(false));

  it('fails when nothing of the old version was under way at the end', () =>
    expect(judgedBy(rollingUpgrade, upgradedAt(placedByNext(good, 2, 4), PAST))[1]).to.equal(false));

  it('fails when an event was parked', () => {
    const row = {
      consumer: 'payment',
      orderId: orderId(1),
      eventId: null,
      partition: 0,
      offset: 1,
      reason: 'version 2',
    };
    expect(judgedBy(rollingUpgrade, { ...upgraded, parked: { rows: [row], missing: [] } })[3]).to.equal(false);
  });

  it('cannot tell when the outbox could not be read', () => {
    const unread = { ...upgraded, outbox: { rows: [], missing: ['table outbox'] } };
    expect(judgedBy(rollingUpgrade, unread).slice(0, 2)).to.deep.equal([undefined, undefined]);
  });

  it('cannot tell when the upgrade did not come to its end', () => {
    const cut = upgradedAt(good, PAST);
    const ended = { ...cut, faults: { ...cut.faults, missing: ['rolling-upgrade of api: the load was over'] } };
    expect(judgedBy(rollingUpgrade, ended).slice(0, 2)).to.deep.equal([undefined, undefined]);
  });

  it('starts each successor before the one it replaces is ended', async () => {
    const done: string[] = [];
    const note =
      (what: string) =>
      (name: string): Promise<void> => {
        done.push(`${what} ${name}`);
        return Promise.resolve();
      };
    const house = houseForTests({ addRole: note('add'), removeRole: note('remove') });
    const tracks = rollingUpgrade.plan({ random: seeded(1, 'upgrade'), loadMs: 60_000, outageMs: 0, relays: 2 });
    const roles = tracks.flat().filter(({ target }) => target !== 'schema' && target !== 'api');
    for (const injection of roles) await (await rollingUpgrade.inject(contextForTests({ house }), injection))();
    expect(tracks.flat().map(({ target }) => target)).to.deep.equal([
      'schema',
      'payment',
      'shipping',
      'relay',
      'relay-2',
      'api',
    ]);
    expect(done).to.deep.equal([
      'add payment-2',
      'remove payment',
      'add shipping-2',
      'remove shipping',
      'add relay-3',
      'remove relay',
      'add relay-4',
      'remove relay-2',
    ]);
  });
});

describe('the next version', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orderly-next-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is made from the sources as they are now, and compiles', async () => {
    const root = join(folder, 'next');
    await makeNextVersion(root);
    const program = join(root, 'node_modules/typescript/bin/tsc');
    const args = ['--noEmit', '-p', root, '--types', 'node'];
    await runCommand(process.execPath, [program, ...args], { cwd: root, timeoutMs: 120_000 });
  }).timeout(150_000);
});
