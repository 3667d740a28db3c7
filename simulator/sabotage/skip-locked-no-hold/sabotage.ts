import type { Sabotage } from '../sabotage.ts';

/** After a broker outage rows of one order wait together, and all relays begin to take them one by one. */
export const skipLockedNoHold: Sabotage = {
  name: 'skip-locked-no-hold',
  describe: 'several relays claim rows by SKIP LOCKED, and nothing holds the other rows of the order',
  replaces: 'RelayOutbox and RelayLeases',
  role: 'relay',
  entry: ['simulator/sabotage/skip-locked-no-hold/main.ts', '--role', 'relay'],
  load: { orders: 800, ratePerSecond: 40 },
  relays: 3,
  faults: ['broker-restart'],
  expectedInvariant: 7,
};
