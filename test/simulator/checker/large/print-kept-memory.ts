import { checkStored } from '../../../../simulator/checker/check-stored.ts';
import { worthALook } from '../../../../simulator/report/interesting-orders.ts';
import { syntheticRun } from './synthetic-run.ts';

/*
 * Judges a run of so many orders in a directory and prints, as a JSON list, how many bytes were in use when each shard
 * had been judged and garbage was collected. Needs `--expose-gc`.
 */

const [orders = '', directory = ''] = process.argv.slice(2);
const collectGarbage = globalThis.gc;
if (collectGarbage === undefined) throw new Error('start it with --expose-gc');

const stored = syntheticRun(directory, Number(orders));
const ofOrders = worthALook();
const kept: number[] = [];
await checkStored(stored, (shard) => {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  kept.push(heapUsed + arrayBuffers);
  return ofOrders(shard);
});
console.log(JSON.stringify(kept));
