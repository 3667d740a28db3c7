import type { OutboxRecord } from './relay-outbox.ts';

/** What the relay tells telemetry. Calls never throw and never block. */
export interface RelayObserver {
  /** How the lanes are divided, as this relay sees it now; told when it changes. */
  shareChanged(relays: number, share: number): void;
  laneTaken(lane: number, epoch: number): void;
  /** Drained and given back. */
  laneGivenBack(lane: number, epoch: number): void;
  /** The lease is another's, or was given up with work in flight. */
  laneLost(lane: number, epoch: number): void;
  published(lane: number, records: readonly OutboxRecord[]): void;
  attemptFailed(record: OutboxRecord, reason: string, retryAfterMs: number): void;
  quarantined(record: OutboxRecord, reason: string): void;
  circuitOpened(lane: number, reason: string): void;
  circuitClosed(lane: number): void;
  /** `activity` is one of a few; `lane` says which one it was about, if it was about one. */
  failed(activity: string, cause: unknown, lane?: number): void;
}
