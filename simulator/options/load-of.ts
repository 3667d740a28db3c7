import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Flags } from './flags.ts';
import { refuse } from './no-run.ts';
import type { NoRun } from './no-run.ts';
import type { Load } from './usual-load.ts';

/** Of orders, rate and duration two decide the third; `usual` stands in for what is not given. */
export const loadOf = ({ orders, rate, duration }: Flags, usual: Load): Either<NoRun, Load> => {
  if (duration === undefined)
    return E.right({ orders: orders ?? usual.orders, ratePerSecond: rate ?? usual.ratePerSecond });
  if (orders !== undefined && rate !== undefined) {
    if (Math.round(rate * duration) === orders) return E.right({ orders, ratePerSecond: rate });
    return refuse(
      `--orders, --rate and --duration contradict each other: ${rate}/s for ${duration} s is not ${orders} orders; give two of them`,
    );
  }
  if (orders !== undefined) return E.right({ orders, ratePerSecond: orders / duration });
  const ratePerSecond = rate ?? usual.ratePerSecond;
  return E.right({ orders: Math.max(1, Math.round(ratePerSecond * duration)), ratePerSecond });
};
