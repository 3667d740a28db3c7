import { isRight } from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Clock } from '../ports/clock.ts';
import type { Publisher } from '../ports/publisher.ts';
import type { Random } from '../ports/random.ts';
import type { LeaseLost } from '../ports/relay-lease.ts';
import type { RelayObserver } from '../ports/relay-observer.ts';
import type { OutboxRecord, RelayOutbox } from '../ports/relay-outbox.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Batch } from './batches.ts';
import { headsOf, planBatches } from './batches.ts';
import type { HeldLease } from './held-lease.ts';
import { LaneHealth } from './lane-health.ts';
import { LaneSender } from './lane-sender.ts';
import { backoffMs } from './relay-policy.ts';
import type { RelaySettings } from './relay-settings.ts';
import { outageBackoff } from './relay-settings.ts';
import { Settler } from './settler.ts';
import { SettlingBatch } from './settling-batch.ts';
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

/** How fast batches become larger again after one was cut because of its bytes. */
const GROWTH = 33 / 32;
/** A lane rests after a batch that was not full, so many times as long as that batch took, and never longer than this. */
const REST_FACTOR = 2;
const LONGEST_REST_MS = 100;

type Claimed = Either<StorageUnavailable | LeaseLost, readonly OutboxRecord[]>;

/** Has not failed before, and no others wait for it. */
const isPlain = ({ attempts, blocking }: OutboxRecord): boolean => attempts === 0 && !blocking;

/**
 * Drains one lane: claim, send, settle, again until nothing is left. Never runs twice at once.
 *
 * While there is more than one batch to send and nothing of the lane has failed, the three overlap: while a batch is
 * with the broker, the one before is settled and the one after is claimed. What was claimed ahead rests on the batch
 * before it and is sent only when the broker has acknowledged that one; when anything else came of it, what was
 * claimed ahead is forgotten, and the lane goes on one step after the other. At most two batches are published and
 * not yet settled.
 *
 * After a batch that was not full it rests for twice as long as that batch took, 100 ms at most: what is committed
 * meanwhile goes out together, for the price of one batch. Where a batch takes a few milliseconds this is hardly
 * noticed; where the machines are busy and it takes ten times as long, it relieves them.
 */
export class LanePump {
  private readonly health: LaneHealth;
  private readonly settler: Settler;
  private readonly sender: LaneSender;
  private readonly settling = new SettlingBatch();
  /** Claimed while the batch before it was sent. */
  private ahead: Claimed | undefined;
  /** Records that one request takes, as far as is known. */
  private atOnce: number;
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
    this.settler = settler;
    this.sender = new LaneSender(lane, { publisher, observer, health: this.health, settler, maySend: this.maySend });
    this.atOnce = parts.settings.batchRecords;
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
    const { observer } = this.parts;
    try {
      while (this.again) {
        this.again = false;
        await this.rounds();
      }
    } catch (cause) {
      observer.failed('drain a lane', cause, this.lane);
      this.backOff();
    } finally {
      this.running = false;
    }
  }

  /** Leaves nothing in flight, also when it rejects. */
  private async rounds(): Promise<void> {
    const { clock } = this.parts;
    try {
      while (this.maySend() && this.readyAt() <= clock.monotonic() && (await this.round()));
    } finally {
      this.ahead = undefined;
      await this.settling.finished();
    }
  }

  /** False when nothing is left to send now. */
  private async round(): Promise<boolean> {
    const { clock, observer } = this.parts;
    const begun = clock.monotonic();
    const claimed = this.ahead ?? (await this.claim(this.settling.rows));
    this.ahead = undefined;
    if (!isRight(claimed)) {
      if (claimed.left._tag === 'LeaseLost') this.held.lose();
      else observer.failed('claim events', claimed.left, this.lane);
      this.backOff();
      return false;
    }
    const batches = this.plan(claimed.right);
    const first = this.beginningOfBacklog(claimed.right, batches);
    if (first !== undefined) {
      this.atOnce = batches.length > 1 ? first.length : this.larger();
      await this.sendAndClaim(first);
    } else if (this.settling.rows.size > 0) await this.settling.finished();
    else if (await this.sendAll(claimed.right, batches)) await this.rest(begun);
    else return false;
    return true;
  }

  /** Ends early when the relay stops. */
  private async rest(begun: number): Promise<void> {
    const { clock, stopping } = this.parts;
    await clock.sleep(Math.min(LONGEST_REST_MS, REST_FACTOR * (clock.monotonic() - begun)), stopping);
  }

  /** One step after the other. False when nothing is left to send now. */
  private async sendAll(claimed: readonly OutboxRecord[], batches: readonly Batch[]): Promise<boolean> {
    if (batches.length > 0) await this.sender.send(batches);
    else if (claimed.length > 0) this.waitForSuspects(claimed);
    this.failures = 0;
    return batches.length > 0;
  }

  /** The first batch, when there is more to come and nothing needs care; undefined when one step is to follow the other. */
  private beginningOfBacklog(claimed: readonly OutboxRecord[], batches: readonly Batch[]): Batch | undefined {
    const isMore = batches.length > 1 || claimed.length >= this.atOnce;
    return isMore && this.health.isWell() && claimed.every(isPlain) ? batches[0] : undefined;
  }

  /** Sends the batch, and claims what comes after it meanwhile. What was claimed with it and does not fit is claimed again. */
  private async sendAndClaim(batch: Batch): Promise<void> {
    if (!this.maySend()) return;
    const underWay = new Set([...this.settling.rows, ...batch.map(({ id }) => id)]);
    const claiming = this.claim(underWay).catch(() => undefined);
    const outcome = await this.sender.publish(batch);
    if (!isRight(outcome)) {
      await Promise.all([claiming, this.settling.finished()]);
      await this.sender.sent(batch, outcome);
    } else if (await this.settling.finished()) {
      this.settling.begin(batch, () => this.settler.acknowledge(batch, outcome.right));
      this.ahead = await claiming;
    }
    this.failures = 0;
  }

  private larger(): number {
    return Math.min(this.parts.settings.batchRecords, Math.ceil(this.atOnce * GROWTH));
  }

  private claim(except: ReadonlySet<number>): Promise<Claimed> {
    const { outbox, publisher } = this.parts;
    return outbox.claim(this.held.lease, this.lane, {
      records: this.atOnce,
      bytes: publisher.maxBatchBytes(),
      ...(except.size > 0 ? { except } : {}),
    })();
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
