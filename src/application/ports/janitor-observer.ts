/** What a janitor tells telemetry. Calls never throw and never block. */
export interface JanitorObserver {
  /** A run came to its end, or was asked to stop between two chunks. `cutoff`: only what is older went. */
  ran(run: { readonly rows: number; readonly tookMs: number; readonly cutoff: string }): void;
  /** Another janitor is at work. */
  stoodBy(): void;
  failed(activity: string, cause: unknown): void;
}
