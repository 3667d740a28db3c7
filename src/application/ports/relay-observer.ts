import type { OutboxRecord } from './relay-outbox.ts';

/** What the relay tells telemetry. Calls never throw and never block. */
export interface RelayObserver {
  leaseChanged(held: boolean, epoch: number | undefined): void;
  published(lane: number, records: readonly OutboxRecord[]): void;
  attemptFailed(record: OutboxRecord, reason: string, retryAfterMs: number): void;
  quarantined(record: OutboxRecord, reason: string): void;
  circuitOpened(lane: number, reason: string): void;
  circuitClosed(lane: number): void;
  failed(activity: string, cause: unknown): void;
}
