import { availableParallelism } from 'node:os';
import { expect } from 'chai';
import { runSeeds } from '../../simulator/deterministic/run-seeds.ts';

const HISTORIES = 10_000;
/** Where it is slower than this, the machine is at fault: two idle cores need less than two minutes. */
const PATIENCE_MS = 15 * 60_000;

describe('ten thousand histories', function () {
  this.timeout(PATIENCE_MS);

  it('whatever happens to relays, broker, database, clocks and consumers: every invariant holds', async () => {
    const startedAt = performance.now();
    const { histories, events, failing } = await runSeeds({
      from: 1,
      count: HISTORIES,
      processes: availableParallelism(),
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    console.log(
      `${histories} histories with ${events} events in ${seconds.toFixed(1)} s: ${(histories / seconds).toFixed(0)} histories/s`,
    );
    expect(failing, 'npm run simulate -- --deterministic --seed <seed> shows each').to.deep.equal([]);
    expect(histories).to.equal(HISTORIES);
  });
});
