import type { House } from '../../run/house.ts';
import { waitUntil } from './wait-until.ts';

/** Whether the relay's metrics show an open circuit within the bound. */
export const isCircuitOpened = async (house: House, boundMs: number): Promise<boolean> => {
  let isOpen = false;
  await waitUntil('the opening of a circuit', boundMs, async () => {
    const metrics = await (await fetch(`${house.urlOf('relay')}/metrics`)).text();
    isOpen = /^orderly_relay_circuit_open\{.*\} 1$/m.test(metrics);
    return isOpen;
  }).catch(() => undefined);
  return isOpen;
};
