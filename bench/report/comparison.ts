import { readFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { aligned } from './aligned.ts';
import { Figure } from './figure.ts';

const Earlier = t.type({ version: t.literal(1), startedAt: t.string, figures: t.readonlyArray(Figure) });
export type Earlier = t.TypeOf<typeof Earlier>;

/** Reads the bench.json of an earlier run; Left says in one line what is wrong with it. */
export const readEarlier = async (path: string): Promise<Either<string, Earlier>> => {
  try {
    const decoded = Earlier.decode(JSON.parse(await readFile(path, 'utf8')));
    return E.isLeft(decoded) ? E.left(`--compare: ${path} is no bench.json of this version`) : decoded;
  } catch (cause) {
    return E.left(`--compare: ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
};

const shown = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 });

/** Each figure beside the earlier one; a figure that only one of them has is left out. */
export const comparisonTable = (earlier: Earlier, figures: readonly Figure[]): string => {
  const before = new Map(earlier.figures.map((figure) => [figure.name, figure]));
  const rows = figures.flatMap(({ name, unit, better, value }) => {
    const old = before.get(name);
    if (old === undefined) return [];
    const ratio = old.value === 0 ? Number.NaN : value / old.value;
    const gain = better === 'higher' ? ratio : 1 / ratio;
    const word = Number.isNaN(gain) ? '' : gain >= 1 ? 'better' : 'worse';
    return [[name, shown(old.value), shown(value), unit, Number.isNaN(ratio) ? '' : `${shown(ratio)} ×`, word]];
  });
  return `${aligned([['figure', `at ${earlier.startedAt}`, 'now', 'unit', 'ratio', ''], ...rows]).join('\n')}\n`;
};
