import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Fault } from '../faults/fault.ts';
import { isPoison } from '../faults/poison.ts';
import { refuse } from './no-run.ts';
import type { NoRun } from './no-run.ts';

/** The faults of these names, unless one is unknown or they cannot be at work together. */
export const faultsOf = (wanted: readonly string[], known: readonly Fault[]): Either<NoRun, readonly Fault[]> => {
  const unknown = wanted.find((name) => !known.some((fault) => fault.name === name));
  if (unknown !== undefined)
    return refuse(`--faults: there is no fault '${unknown}'; known: ${known.map(({ name }) => name).join(', ')}`);
  const alone = known.find(({ name, row }) => wanted.includes(name) && row?.alone !== undefined);
  if (alone !== undefined)
    return refuse(
      `--faults: ${alone.name} needs an environment of its own; run it with --faults matrix --rows ${alone.name}`,
    );
  const rival = wanted.find((name) => /-(kill|restart)$/.test(name));
  if (wanted.includes('kill-any') && rival !== undefined)
    return refuse(`--faults: kill-any already kills everything; leave out '${rival}'`);
  const poisons = wanted.filter(isPoison);
  if (poisons.length > 1)
    return refuse(`--faults: ${poisons.join(' and ')} break the same order; leave out one of them`);
  return E.right(known.filter(({ name }) => wanted.includes(name)));
};
