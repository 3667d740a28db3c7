import { expect } from 'chai';
import { faults } from '../../../simulator/faults/catalog.ts';
import type { Aftermath, Sighting } from '../../../simulator/faults/fault.ts';
import { commitLost, placedOnce } from '../../../simulator/faults/rows/commit-lost.ts';
import { servedAgain } from '../../../simulator/faults/rows/expectations.ts';
import { orMend } from '../../../simulator/faults/rows/or-mend.ts';
import { refusedFast } from '../../../simulator/faults/rows/pool-empty.ts';
import { FaultProxy } from '../../../simulator/faults/proxy/fault-proxy.ts';
import { buildReport } from '../../../simulator/report/run-report.ts';
import { check } from '../../../simulator/checker/check.ts';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { seeded } from '../../../simulator/workload/seeded.ts';
import { adding, aRun, DELIVERED, START, without } from '../checker/evidence-builder.ts';
import { contextForTests, houseForTests } from './house-for-tests.ts';

const LOAD_MS = 12_000;
const ROWS = [4, 10, 11, 12, 13, 14, 15, 16];
const rows = faults.filter(({ row }) => row !== undefined && ROWS.includes(row.number));

const good = aRun(DELIVERED, DELIVERED);
const aftermath = (evidence: Evidence, answers: Aftermath['answers'] = []): Aftermath => ({
  report: buildReport({ evidence, result: check(evidence), reproduce: 'again' }),
  evidence,
  answers,
});

describe('the rows of the matrix about MySQL', () => {
  it('are all there', () => {
    expect(rows.map(({ row }) => row?.number).sort((a, b) => Number(a) - Number(b))).to.deep.equal(ROWS);
  });

  for (const fault of rows)
    it(`${fault.name} breaks things within the first two thirds of the load`, () => {
      for (let seed = 1; seed <= 20; seed += 1) {
        const tracks = fault.plan({ random: seeded(seed, 'test'), loadMs: LOAD_MS, relays: 1, outageMs: 0 });
        expect(tracks.flat()).to.have.lengthOf(1);
        expect(tracks.flat()[0]?.waitMs).to.be.within(1_000, (LOAD_MS * 2) / 3);
      }
    });

  it('a service that answered 2xx before the heal only has not recovered', () => {
    const healedAt = START + 5_000;
    const window = { kind: 'mysql-read-only', target: 'mysql', at: START, healedAt };
    const seen = adding(good, 'faults', window);
    expect(servedAgain(aftermath(seen, [{ at: healedAt + 1, status: 201 }])).holds).to.equal(true);
    expect(servedAgain(aftermath(seen, [{ at: healedAt - 1, status: 201 }])).holds).to.equal(false);
    expect(servedAgain(aftermath(seen, [{ at: healedAt + 1, status: 503 }])).holds).to.equal(false);
  });

  it('an accepted order that exists twice or not at all is told; no accepted order decides nothing', () => {
    expect(placedOnce(aftermath(good)).holds).to.equal(true);
    const [first] = good.orders.rows;
    if (first === undefined) throw new Error('the run has no order');
    const twice = adding(good, 'orders', { ...first, orderId: 'another' });
    expect(placedOnce(aftermath(twice))).to.deep.include({ holds: false });
    const lost = without(good, 'orders', ({ orderId }) => orderId === first.orderId);
    expect(placedOnce(aftermath(lost)).what).to.equal('1 of 2 accepted orders exist exactly once');
    const none = without(good, 'history', () => true);
    expect(placedOnce(aftermath(none)).holds).to.equal(undefined);
  });

  it('an empty pool must refuse soon: a slow refusal, no refusal and no answer at all are all told', () => {
    const fast = { status: 503, tookMs: 600 };
    expect(refusedFast([fast, { status: 404, tookMs: 20 }]).holds).to.equal(true);
    expect(refusedFast([fast, { status: 503, tookMs: 5_000 }]).holds).to.equal(false);
    expect(refusedFast([{ status: 404, tookMs: 20 }]).holds).to.equal(false);
    expect(refusedFast([fast, { status: undefined, tookMs: 100 }]).holds).to.equal(false);
  });

  it('mends what was half done when doing it fails', async () => {
    const done: string[] = [];
    const heal = (): Promise<void> => Promise.resolve(void done.push('healed'));
    const failed = await orMend(heal, () => Promise.reject(new Error('no room'))).catch((cause: unknown) => cause);
    expect(failed).to.be.instanceOf(Error);
    expect(done).to.deep.equal(['healed']);
    await orMend(heal, () => Promise.resolve(void done.push('broken')));
    expect(done).to.deep.equal(['healed', 'broken']);
  });

  it('commit-answer-lost tells when no answer was lost, and needs its proxy', async () => {
    const proxy = await FaultProxy.open('127.0.0.1:9');
    const seen: Sighting[] = [];
    const [injection] = commitLost.plan({ random: seeded(1, 'test'), loadMs: LOAD_MS, relays: 1, outageMs: 0 }).flat();
    if (injection === undefined) throw new Error('nothing is planned');
    const parts = { saw: (sighting: Sighting) => seen.push(sighting), signal: AbortSignal.abort() };
    try {
      const house = houseForTests({ proxies: { mysql: proxy } });
      const heal = await commitLost.inject(contextForTests({ ...parts, house }), injection);
      await heal();
    } finally {
      await proxy.close();
    }
    expect(seen).to.deep.equal([{ what: 'answers to COMMIT were lost (0)', holds: false }]);
    const refusal = await commitLost.inject(contextForTests(parts), injection).catch((cause: unknown) => cause);
    expect(refusal).to.be.instanceOf(Error);
  });
});
