import { carryOut } from './carry-out.ts';
import type { Step } from './plan.ts';
import type { World } from './world.ts';

/** After the last heal everything has a minute; what is late by more than a little is then seen to be late. */
const REST_MS = 63_000;
/** Placed when everything is up again, so that every history shows what happens in normal times. */
const LAST_ORDER = 'order-last';

/** Lets the steps happen, each at its time, heals everything, and waits until all must have come to rest. */
export const liveThrough = async (world: World, steps: readonly Step[]): Promise<void> => {
  const { clock, plan, faults, groups, shop, tell } = world;
  world.begin();
  for (const step of steps) {
    await clock.advance(step.at - clock.monotonic());
    tell?.(JSON.stringify(step));
    carryOut(world, step);
  }
  await clock.advance(plan.stormMs - clock.monotonic());
  for (const group of groups) void group.reprocess();
  await clock.advance(Math.max(0, faults.lastHeal(clock.now()) - clock.now()));
  shop.commit(LAST_ORDER, 1, 0);
  await clock.advance(REST_MS);
  world.end();
};
