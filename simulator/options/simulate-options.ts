import type { Fault } from '../faults/fault.ts';
import type { RowFault } from '../matrix/row-result.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';

export interface SimulateOptions {
  readonly orders: number;
  readonly ratePerSecond: number;
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly sabotage?: Sabotage;
  /** Rows of the fault matrix to run one after the other, instead of one run with `faults`. */
  readonly matrix?: readonly RowFault[];
  /** `faults` are mixed at random moments over the load. */
  readonly random?: true;
  readonly relays: number;
  /** How long `broker-outage` lasts; undefined without it. */
  readonly outageMs?: number;
  /** Undefined: a new folder under `.order/reports`. */
  readonly reportDir?: string;
  /** Only report.json on stdout, all talk on stderr. */
  readonly json: boolean;
}
