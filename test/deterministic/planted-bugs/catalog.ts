import { anotherPartition } from './another-partition.ts';
import { claimByCursor } from './claim-by-cursor.ts';
import { epochReused } from './epoch-reused.ts';
import { headSetAside } from './head-set-aside.ts';
import { markBeforeAck } from './mark-before-ack.ts';
import { partTakenForWhole } from './part-taken-for-whole.ts';
import type { PlantedBug } from './planted-bug.ts';
import { producerDropsRepeats } from './producer-drops-repeats.ts';
import { releasedOutOfOrder } from './released-out-of-order.ts';
import { quarantineNotHeld, successorsNotHeld } from './successors-not-held.ts';
import { doubtSpendsAttempt, outageSpendsAttempt } from './taken-for-its-own.ts';
import { timeoutTakenForAck } from './timeout-taken-for-ack.ts';
import { twoInFlight } from './two-in-flight.ts';

export const plantedBugs: readonly PlantedBug[] = [
  markBeforeAck,
  partTakenForWhole,
  timeoutTakenForAck,
  producerDropsRepeats,
  twoInFlight,
  anotherPartition,
  headSetAside,
  claimByCursor,
  successorsNotHeld,
  quarantineNotHeld,
  releasedOutOfOrder,
  epochReused,
  outageSpendsAttempt,
  doubtSpendsAttempt,
];
