import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Fault } from '../faults/fault.ts';
import type { RowFault } from '../matrix/row-result.ts';

const isRow = (fault: Fault): fault is RowFault => fault.row !== undefined;

/** The rows with these numbers or names, all when undefined, by number; Left names the first that is none. */
export const rowsNamed = (
  wanted: readonly string[] | undefined,
  faults: readonly Fault[],
): Either<string, readonly RowFault[]> => {
  const rows = faults.filter(isRow).sort((a, b) => a.row.number - b.row.number);
  if (wanted === undefined) return E.right(rows);
  const isMeant = (name: string, fault: RowFault): boolean => fault.name === name || String(fault.row.number) === name;
  const unknown = wanted.find((name) => !rows.some((fault) => isMeant(name, fault)));
  if (unknown === undefined) return E.right(rows.filter((fault) => wanted.some((name) => isMeant(name, fault))));
  const known = rows.map(({ name, row }) => `${row.number} ${name}`).join(', ');
  return E.left(`--rows: there is no row '${unknown}' in the fault matrix; known: ${known}`);
};
