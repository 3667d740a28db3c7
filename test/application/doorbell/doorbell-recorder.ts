import type { DoorbellObserver } from '../../../src/infrastructure/doorbell/doorbell-observer.ts';

/** What a doorbell told its observer. */
export class DoorbellRecorder implements DoorbellObserver {
  readonly counts = { sent: 0, received: 0, malformed: 0 };
  readonly failures: string[] = [];
  sent(relays: number): void {
    this.counts.sent += relays;
  }
  received(): void {
    this.counts.received += 1;
  }
  malformed(): void {
    this.counts.malformed += 1;
  }
  failed(activity: string): void {
    this.failures.push(activity);
  }
}
