import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { comparisonTable, readEarlier } from '../../bench/report/comparison.ts';
import { leftOf, rightOf } from '../support/decoded.ts';

const drain = (value: number) => ({ name: 'drain orderly', unit: 'events/s', better: 'higher' as const, value });
const p99 = (value: number) => ({ name: 'publish p99', unit: 'ms', better: 'lower' as const, value });

describe('comparing a bench with an earlier one', () => {
  const fileWith = async (text: string): Promise<string> => {
    const file = join(await mkdtemp(join(tmpdir(), 'bench-')), 'bench.json');
    await writeFile(file, text);
    return file;
  };

  it('shows each figure that both have, its ratio, and which way is better', async () => {
    const file = await fileWith(
      JSON.stringify({ version: 1, startedAt: '2026-01-31T09:30:00Z', figures: [drain(10_000), p99(5)], drain: [] }),
    );
    const table = comparisonTable(rightOf(await readEarlier(file)), [drain(20_000), p99(10)]);
    expect(table).to.match(/drain orderly +10,000 +20,000 +events\/s +2 × +better/);
    expect(table).to.match(/publish p99 +5 +10 +ms +2 × +worse/);
  });

  it('refuses a file that is none, or is not there, and names it', async () => {
    const file = await fileWith('{"version":2}');
    expect(leftOf(await readEarlier(file))).to.include(file);
    expect(leftOf(await readEarlier('/nowhere/bench.json'))).to.include('/nowhere/bench.json');
  });
});
