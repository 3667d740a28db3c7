import type { Fault } from '../faults/fault.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';

/** What can be named on the command line. */
export interface Catalogs {
  readonly faults: readonly Fault[];
  readonly sabotages: readonly Sabotage[];
}
