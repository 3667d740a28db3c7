import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { DEFAULT_OUTAGE_MS, brokerOutage } from '../faults/broker-outage.ts';
import type { Fault } from '../faults/fault.ts';
import type { Flags } from './flags.ts';
import { refuse } from './no-run.ts';
import type { NoRun } from './no-run.ts';

const isOutage = ({ name }: Fault): boolean => name === brokerOutage.name;

/** How long `broker-outage` lasts, milliseconds; undefined when it is not among the faults. */
export const outageOf = ({ outage }: Flags, faults: readonly Fault[]): Either<NoRun, number | undefined> => {
  if (faults.some(isOutage)) return E.right(outage === undefined ? DEFAULT_OUTAGE_MS : outage * 1_000);
  return outage === undefined ? E.right(undefined) : refuse('--outage: it is for --faults broker-outage');
};
