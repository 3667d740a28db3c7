import type { Sabotage } from '../sabotage.ts';

/** Many orders at once, so that transactions overlap and do not commit in the order of their rows' IDs. */
export const cursorPoll: Sabotage = {
  name: 'cursor-poll',
  describe: 'the relay polls `id > last_seen`: a row that commits after one with a higher ID is never seen',
  replaces: 'RelayOutbox',
  role: 'relay',
  entry: ['simulator/sabotage/cursor-poll/main.ts', '--role', 'relay'],
  load: { orders: 600, ratePerSecond: 60 },
  faults: [],
  expectedInvariant: 3,
};
