import { faults as catalog } from '../faults/catalog.ts';
import type { RowFault } from '../matrix/row-result.ts';
import type { SimulateOptions } from './simulate-options.ts';

const rowsFlag = (rows: readonly RowFault[]): string => {
  const isWhole = catalog.every((fault) => fault.row === undefined || rows.some(({ name }) => name === fault.name));
  return isWhole ? '' : ` --rows ${rows.map(({ row }) => row.number).join(',')}`;
};

/** The command that runs the same load and faults again, without the planted bug unless asked for. */
export const reproduceCommand = (options: SimulateOptions, withSabotage: boolean): string => {
  const { orders, ratePerSecond, seed, faults, sabotage, relays, outageMs, matrix } = options;
  if (matrix !== undefined) return `npm run simulate -- --faults matrix${rowsFlag(matrix)} --seed ${seed}`;
  const flags = [`--orders ${orders}`, `--rate ${ratePerSecond}`, `--seed ${seed}`];
  if (withSabotage && sabotage !== undefined) flags.push(`--sabotage ${sabotage.name}`);
  else if (options.random === true) flags.push('--faults random');
  else if (faults.length > 0) flags.push(`--faults ${faults.map(({ name }) => name).join(',')}`);
  if (outageMs !== undefined) flags.push(`--outage ${outageMs / 1_000}`);
  if (relays !== 1) flags.push(`--relays ${relays}`);
  return `npm run simulate -- ${flags.join(' ')}`;
};
