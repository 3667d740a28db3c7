import { corruptOne } from './corrupt-one/sabotage.ts';
import { cursorPoll } from './cursor-poll/sabotage.ts';
import { dropOne } from './drop-one/sabotage.ts';
import { dualWrite } from './dual-write/sabotage.ts';
import { markBeforeAck } from './mark-before-ack/sabotage.ts';
import { noInbox } from './no-inbox/sabotage.ts';
import { overtakeQuarantined } from './overtake-quarantined/sabotage.ts';
import { publishBeforeCommit } from './publish-before-commit/sabotage.ts';
import { randomPartitionKey } from './random-partition-key/sabotage.ts';
import type { Sabotage } from './sabotage.ts';
import { skipLockedNoHold } from './skip-locked-no-hold/sabotage.ts';
import { swapTwo } from './swap-two/sabotage.ts';
import { timestampOrder } from './timestamp-order/sabotage.ts';

/** Every planted bug by the name it has on the command line. */
export const sabotages: readonly Sabotage[] = [
  dualWrite,
  publishBeforeCommit,
  markBeforeAck,
  noInbox,
  cursorPoll,
  timestampOrder,
  skipLockedNoHold,
  randomPartitionKey,
  overtakeQuarantined,
  dropOne,
  swapTwo,
  corruptOne,
];
