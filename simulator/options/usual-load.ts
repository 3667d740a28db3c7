import type { Fault } from '../faults/fault.ts';
import type { SimulateOptions } from './simulate-options.ts';

export type Load = Pick<SimulateOptions, 'orders' | 'ratePerSecond'>;

export const DEFAULT_ORDERS = 200;
export const DEFAULT_RATE = 20;

/** Kill-any lasts minutes; orders should keep arriving while it does. */
export const KILL_ANY_RATE = 4;

/** With broker-outage: orders arrive before, during and for twice as long after the outage. */
const OUTAGE_RATE = 50;
const OUTAGE_LOAD = 3;

const outageLoad = (outageMs: number): Load => ({
  orders: Math.round((OUTAGE_LOAD * outageMs * OUTAGE_RATE) / 1_000),
  ratePerSecond: OUTAGE_RATE,
});

/** What is driven when nobody says otherwise; `outageMs` is undefined without an outage. */
export const usualLoad = (faults: readonly Fault[], outageMs: number | undefined): Load => {
  if (outageMs !== undefined) return outageLoad(outageMs);
  const ownLoad = faults.find(({ load }) => load !== undefined)?.load;
  const ratePerSecond = faults.some(({ name }) => name === 'kill-any') ? KILL_ANY_RATE : DEFAULT_RATE;
  return ownLoad ?? { orders: DEFAULT_ORDERS, ratePerSecond };
};
