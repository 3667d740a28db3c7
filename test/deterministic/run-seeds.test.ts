import { queryObjects } from 'node:v8';
import { expect } from 'chai';
import { judgeSeeds } from '../../simulator/deterministic/judge-seeds.ts';
import { runSeeds } from '../../simulator/deterministic/run-seeds.ts';
import { World } from '../../simulator/deterministic/world.ts';
import { markBeforeAck } from './planted-bugs/mark-before-ack.ts';

const silent = { signal: new AbortController().signal, progress: () => undefined };

describe('running many seeds', function () {
  this.timeout(120_000);

  it('several processes see what one sees', async () => {
    const alone = await runSeeds({ ...silent, from: 50, count: 45, processes: 1 });
    const together = await runSeeds({ ...silent, from: 50, count: 45, processes: 3 });
    expect(together).to.deep.equal(alone);
    expect(alone.histories).to.equal(45);
    expect(alone.events).to.be.greaterThan(45);
  });

  it('ends between two histories when it is stopped, with what was seen so far', async () => {
    const stop = new AbortController();
    const seen = await runSeeds({
      from: 1,
      count: 1_000_000,
      processes: 2,
      signal: stop.signal,
      progress: () => stop.abort(),
    });
    expect(seen.histories).to.be.within(1, 100);
    expect(seen.failing).to.deep.equal([]);
  });

  it('names each failing seed with the first invariant that it breaks', async () => {
    const { failing, histories } = await judgeSeeds({ from: 10, count: 3 }, { plant: markBeforeAck.plant });
    expect(histories).to.equal(3);
    expect(failing[0]).to.deep.equal({ seed: 10, invariantId: markBeforeAck.invariant, verdict: 'fail' });
  });

  it('keeps nothing of a history that was judged, so that memory is enough for any number', async () => {
    const before = queryObjects(World, { format: 'count' });
    await judgeSeeds({ from: 1, count: 20 });
    expect(queryObjects(World, { format: 'count' }) - before).to.be.at.most(1);
  });
});
