import type { StoredCallback } from './consumer-callbacks.ts';
import type { IncomingEvent } from './consumed-record.ts';

/** What a consumer tells telemetry. Calls never throw and never block. */
export interface ConsumerObserver {
  applied(event: IncomingEvent): void;
  duplicate(event: IncomingEvent): void;
  /** Stored, because an earlier event is missing or the order is parked. */
  held(event: IncomingEvent, because: 'gap' | 'parked'): void;
  /** `orderId` is null for a record that does not say whose it is. */
  parked(orderId: string | null, reason: string): void;
  handlerFailed(event: IncomingEvent, attempt: number, cause: unknown): void;
  paused(partition: number, cause: unknown): void;
  resumed(partition: number): void;
  callbackDelivered(callback: StoredCallback): void;
  callbackRetried(callback: StoredCallback, reason: string, delayMs: number): void;
  callbackRefused(callback: StoredCallback, status: number): void;
  /**
   * The client was torn down and made anew: it crashed, it stood still while there was something to read, or the wall
   * clock was set back, after which it would send no heartbeat.
   */
  restarted(because: 'crash' | 'stall' | 'clock', detail: unknown): void;
  /** The group's offset no longer exists: records were deleted before they were read, or the topic is another one. */
  offsetOutOfRange(partition: number, reason: string): void;
  failed(activity: string, cause: unknown): void;
}
