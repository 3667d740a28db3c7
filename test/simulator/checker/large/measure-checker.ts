import { mkdirSync } from 'node:fs';
import { checkStored } from '../../../../simulator/checker/check-stored.ts';
import { worthALook } from '../../../../simulator/report/interesting-orders.ts';
import { syntheticRun } from './synthetic-run.ts';

/*
 * How long the checker takes for a run of so many events, and how much memory:
 *
 *   node --import tsx test/simulator/checker/large/measure-checker.ts 1000000 reports/large
 *
 * The directory is made and emptied again; it takes about 2.5 GB for a million events.
 */

const [events = '100000', directory = 'reports/large'] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(events)) {
  console.error('measure-checker: the number of events must be a whole number from 1');
  process.exit(2);
}
const orders = Math.ceil(Number(events) / 4);
const peakMb = (): string => `${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB at the peak so far`;
const seconds = (from: number): string => `${((performance.now() - from) / 1_000).toFixed(1)} s`;

mkdirSync(directory, { recursive: true });
const writing = performance.now();
const stored = syntheticRun(directory, orders);
console.log(`${orders * 4} events on disk in ${stored.shardCount} shards: ${seconds(writing)}, ${peakMb()}`);
const checking = performance.now();
const { result, measured } = await checkStored(stored, worthALook());
console.log(`judged ${result.verdict}, ${measured.events.published} events: ${seconds(checking)}, ${peakMb()}`);
for (const { id, verdict, doubts } of result.invariants)
  if (verdict !== 'pass') console.log(`invariant ${id}: ${verdict} ${doubts.join('; ')}`);
stored.remove();
