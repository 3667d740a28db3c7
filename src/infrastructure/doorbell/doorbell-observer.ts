/** What the doorbell tells telemetry. Calls never throw and never block. */
export interface DoorbellObserver {
  /** To so many relays. */
  sent(relays: number): void;
  received(): void;
  /** Dropped: no ring of this version, or of another number of lanes. */
  malformed(): void;
  /** Relays wait for a poll meanwhile; nothing else is lost. */
  failed(activity: string, cause: unknown): void;
}
