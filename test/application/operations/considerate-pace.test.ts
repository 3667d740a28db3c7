import { expect } from 'chai';
import { ConsideratePace } from '../../../src/application/operations/considerate-pace.ts';
import { VirtualClock } from '../../../src/infrastructure/in-memory/virtual-clock.ts';

const SETTINGS = { mostRows: 1_000, leastRows: 20, chunkMs: 50, restFactor: 3, mostRestMs: 5_000 };

describe('considerate pace', () => {
  let clock: VirtualClock;
  let stopping: AbortController;
  let pace: ConsideratePace;
  beforeEach(() => {
    clock = new VirtualClock();
    stopping = new AbortController();
    pace = new ConsideratePace(clock, stopping.signal, SETTINGS);
  });

  /** The rows that may go next, and how long it rested before. */
  const nextAfter = async (chunkMs: number): Promise<{ readonly rows: number; readonly restedMs: number }> => {
    await clock.advance(chunkMs);
    const from = clock.monotonic();
    let rows: number | undefined;
    void pace.next().then((answer) => (rows = answer));
    await clock.runUntil(() => rows !== undefined, 60_000);
    return { rows: rows ?? Number.NaN, restedMs: clock.monotonic() - from };
  };

  it('begins small and without a rest', async () => {
    expect(await nextAfter(0)).to.deep.equal({ rows: 20, restedMs: 0 });
  });

  it('given quick chunks / then they double up to the most, each followed by a rest three times as long', async () => {
    await nextAfter(0);
    const sizes: number[] = [];
    for (let chunk = 0; chunk < 8; chunk += 1) {
      const { rows, restedMs } = await nextAfter(2);
      expect(restedMs).to.equal(6);
      sizes.push(rows);
    }
    expect(sizes).to.deep.equal([40, 80, 160, 320, 640, 1_000, 1_000, 1_000]);
  });

  it('given a server that becomes slow / then chunks shrink down to the least, and it rests longer, up to a bound', async () => {
    for (let chunk = 0; chunk < 7; chunk += 1) await nextAfter(2);
    expect(await nextAfter(100)).to.deep.equal({ rows: 500, restedMs: 300 });
    expect(await nextAfter(62.5)).to.deep.equal({ rows: 400, restedMs: 187.5 });
    expect(await nextAfter(10_000)).to.deep.equal({ rows: 200, restedMs: 5_000 });
    for (const rows of [100, 50, 25, 20, 20]) expect((await nextAfter(1_000)).rows).to.equal(rows);
  });

  it('given it is to end / then it rests no more and no chunk may begin', async () => {
    await nextAfter(0);
    await clock.advance(1_000);
    const next = pace.next();
    stopping.abort();
    expect(await next).to.equal(0);
    expect(await pace.next()).to.equal(0);
  });
});
