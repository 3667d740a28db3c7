import { isRight } from 'fp-ts/lib/Either.js';
import type { Clock } from '../ports/clock.ts';
import type { Publisher } from '../ports/publisher.ts';
import type { Random } from '../ports/random.ts';
import type { RelayObserver } from '../ports/relay-observer.ts';
import type { OutboxRecord, RelayOutbox } from '../ports/relay-outbox.ts';
import type { Batch } from './batches.ts';
import { headsOf, planBatches } from './batches.ts';
import type { HeldLease } from './held-lease.ts';
import { LaneHealth } from './lane-health.ts';
import { LaneSender } from './lane-sender.ts';
import { backoffMs } from './relay-policy.ts';
import type { RelaySettings } from './relay-settings.ts';
import { outageBackoff } from './relay-settings.ts';
import { Settler } from './settler.ts';
import { chooseCanary } from './suspects.ts';

export interface LanePumpParts {
  readonly outbox: RelayOutbox;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: RelayObserver;
  readonly settings: RelaySettings;
  /** Aborted when the relay stops: what is in flight is finished, nothing new is begun. */
  readonly stopping: AbortSignal;
}

/** Drains one lane: claim, send, settle, again until nothing is left. Never runs twice at once. */
export class LanePump {
  private readonly health: LaneHealth;
  private readonly sender: LaneSender;
  private running = false;
  private finished: Promise<void> = Promise.resolve();
  /** Work was seen while running: look once more before ending. */
  private again = false;
  private failures = 0;
  /** Not started before, monotonic milliseconds. */
  private notBefore = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly lane: number,
    private readonly held: HeldLease,
    private readonly parts: LanePumpParts,
  ) {
    const { publisher, observer } = parts;
    this.health = new LaneHealth(lane, parts);
    const settler = new Settler(lane, held, parts);
    this.sender = new LaneSender(lane, { publisher, observer, health: this.health, settler, maySend: this.maySend });
  }

  /** Starts draining, unless it must wait for a backoff. True when it was started. */
  start(): boolean {
    this.again = true;
    if (this.running || !this.maySend() || this.readyAt() > this.parts.clock.monotonic()) return false;
    this.running = true;
    this.finished = this.drain();
    return true;
  }

  /** Resolves when nothing is in flight. */
  async idle(): Promise<void> {
    await this.finished;
  }

  private readonly maySend = (): boolean =>
    !this.parts.stopping.aborted && this.held.covers(this.parts.settings.publishTimeoutMs);

  private readyAt(): number {
    return Math.max(this.notBefore, this.health.openUntil());
  }

  /** Never rejects. */
  private async drain(): Promise<void> {
    const { clock, observer } = this.parts;
    try {
      while (this.again) {
        this.again = false;
        while (this.maySend() && this.readyAt() <= clock.monotonic() && (await this.round()));
      }
    } catch (cause) {
      observer.failed(`drain lane ${this.lane}`, cause);
      this.backOff();
    } finally {
      this.running = false;
    }
  }

  /** False when nothing is left to send now. */
  private async round(): Promise<boolean> {
    const { outbox, publisher, observer, settings } = this.parts;
    const limit = { records: settings.batchRecords, bytes: publisher.maxBatchBytes() };
    const claimed = await outbox.claim(this.held.lease, this.lane, limit)();
    if (!isRight(claimed)) {
      if (claimed.left._tag === 'LeaseLost') this.held.lose();
      else observer.failed(`claim events of lane ${this.lane}`, claimed.left);
      this.backOff();
      return false;
    }
    const batches = this.plan(claimed.right);
    if (batches.length > 0) await this.sender.send(batches);
    else if (claimed.right.length > 0) this.waitForSuspects(claimed.right);
    this.failures = 0;
    return batches.length > 0;
  }

  private plan(claimed: readonly OutboxRecord[]): readonly Batch[] {
    const { publisher, clock } = this.parts;
    const { suspects } = this.health;
    if (this.health.phase() === 'closed') {
      const sizeOf = (record: OutboxRecord): number => publisher.sizeOf(record);
      return planBatches(claimed, suspects, clock.monotonic(), sizeOf, publisher.maxBatchBytes());
    }
    const canary = chooseCanary(headsOf(claimed), suspects);
    return canary === undefined ? [] : [[canary]];
  }

  /** Everything claimed belongs to suspects that are not due; events of other orders may still come. */
  private waitForSuspects(claimed: readonly OutboxRecord[]): void {
    const { clock, settings } = this.parts;
    const due = claimed.flatMap(({ orderKey }) => this.health.suspects.get(orderKey)?.retryAt ?? []);
    this.notBefore = Math.min(clock.monotonic() + settings.pollMaxMs, ...due);
  }

  private backOff(): void {
    const { clock, random, settings } = this.parts;
    this.failures += 1;
    this.notBefore = clock.monotonic() + backoffMs(this.failures, outageBackoff(settings), random.next());
  }
}
