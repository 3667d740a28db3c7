/** A planted bug: one adapter replaced, with the load and the fault that expose it. */
export interface Sabotage {
  readonly name: string;
  /** One line: what is done wrong. */
  readonly describe: string;
  /** The port whose adapter is replaced. */
  readonly replaces: string;
  /** Role whose process runs the replaced adapter, and the file that is its entry instead of the normal one. */
  readonly role: 'api' | 'relay' | 'payment' | 'shipping';
  readonly entry: readonly [file: string, ...args: string[]];
  readonly load: { readonly orders: number; readonly ratePerSecond: number };
  /** Relay processes, when one alone does no harm; 1 unless told. */
  readonly relays?: number;
  /** Names of faults, as on the command line. */
  readonly faults: readonly string[];
  /** The checker's invariant that must fail. */
  readonly expectedInvariant: number;
}
