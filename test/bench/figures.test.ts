import { expect } from 'chai';
import type { BenchResult } from '../../bench/bench-result.ts';
import { rateOf } from '../../bench/measurements/rate.ts';
import { figuresOf } from '../../bench/report/figures.ts';
import { drained, flatRun, resultOf, whole } from './bench-result-for-tests.ts';

const valueOf = (runs: Partial<BenchResult>, name: string): number | undefined =>
  figuresOf(resultOf(runs)).find((figure) => figure.name === name)?.value;

describe('figures of a bench', () => {
  it('compare a full table with the empty one of its own round, whichever came first', () => {
    const runs = {
      flat: [
        flatRun('empty', 10_000, 10),
        flatRun('completed', 9_000, 11),
        flatRun('quarantined', 10_000, 10),
        flatRun('quarantined', 20_000, 10),
        flatRun('completed', 22_000, 10),
        flatRun('empty', 20_000, 10),
      ],
    };
    expect(valueOf(runs, 'flat drain completed to empty')).to.be.closeTo(1, 1e-9);
    expect(valueOf(runs, 'flat publish p99 completed to empty')).to.be.closeTo(1.05, 0.001);
    expect(valueOf(runs, 'flat drain completed')).to.equal(15_500);
  });

  it('compare the kit with the relay of its own round', () => {
    const run = { effects: whole, usage: [], relayPerSecond: 10_000 };
    const consume = [5_000, 9_000, 8_000].map((eventsPerSecond) => ({ ...run, eventsPerSecond }));
    expect(valueOf({ consume }, 'consume kit to relay')).to.equal(0.8);
  });

  it('add up what all processes of a system use, without the servers', () => {
    const usage = ['relay', 'relay-2', 'mysql', 'kafka'].map((name) => ({ name, cpuSeconds: 1, peakMegabytes: 100 }));
    const drain = [{ ...drained('orderly-x2', 1), usage }];
    expect(valueOf({ drain }, 'drain memory orderly-x2')).to.equal(200);
  });
});

describe('a rate', () => {
  it('leaves out the first tenth, in whatever order the moments come', () => {
    const slowStart = [0, ...Array.from({ length: 9 }, (_, i) => 10_000 + i * 100)];
    expect(rateOf(slowStart.toReversed())).to.be.closeTo(9_000 / 800, 1e-3);
  });
});
