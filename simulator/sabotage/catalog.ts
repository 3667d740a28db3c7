import { dropOne } from './drop-one/sabotage.ts';
import { dualWrite } from './dual-write/sabotage.ts';
import { markBeforeAck } from './mark-before-ack/sabotage.ts';
import { noInbox } from './no-inbox/sabotage.ts';
import type { Sabotage } from './sabotage.ts';

/** Every planted bug by the name it has on the command line. */
export const sabotages: readonly Sabotage[] = [dualWrite, markBeforeAck, noInbox, dropOne];
