import { isRight } from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { Clock } from '../ports/clock.ts';
import type { Publisher } from '../ports/publisher.ts';
import type { Random } from '../ports/random.ts';
import type { LeaseLost } from '../ports/relay-lease.ts';
import type { RelayObserver } from '../ports/relay-observer.ts';
import type { Claimed, ClaimLimit, OutboxRecord, RelayOutbox } from '../ports/relay-outbox.ts';
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
/** Records of a first look: when there are more, whole batches follow. */
const FIRST_LOOK_RECORDS = 50;
/** What made a lane look: a commit that somebody told of, or a poll, which also knows of retries that are due. */
export type Look = 'fresh' | 'whole';

type Claim = Either<StorageUnavailable | LeaseLost, Claimed>;

/** Has not failed before, and no others wait for it. */
const isPlain = ({ attempts, blocking }: OutboxRecord): boolean => attempts === 0 && !blocking;

/**
 * Drains one lane: claim, send, settle, again until nothing is left. Never runs twice at once.
 *
 * While nothing of the lane has failed, the three overlap: a batch is settled while the next look is made and the next
 * batch is sent, and while there is more than one batch to send, the one after is claimed meanwhile. What was claimed
 * ahead rests on the batch before it and is sent only when the broker has acknowledged that one; when anything else came
 * of it, what was claimed ahead is forgotten, and the lane goes on one step after the other. At most two batches are
 * published and not yet settled.
 *
 * A look that finds all there is ends the work: what is committed later is told by a ring, or found by a poll. What is
 * committed while a batch is on its way goes out together after it, so the busier the machines, the larger the batches.
 */
export class LanePump {
  private readonly health: LaneHealth;
  private readonly settler: Settler;
  private readonly sender: LaneSender;
  private readonly settling = new SettlingBatch();
  /** Claimed while the batch before it was sent. */
  private ahead: Claim | undefined;
  /** Records that one request takes, as far as is known. */
  private atOnce: number;
  private running = false;
  private finished: Promise<void> = Promise.resolve();
  /** The look to make next; undefined when nothing more was heard of. */
  private next: Look | undefined;
  /** Called when there is something to look for. */
  private onNext: () => void = () => undefined;
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

  /** Starts draining, unless it must wait for a backoff; while it drains, looks once more. True when it was started. */
  start(look: Look): boolean {
    if (this.next !== 'whole') this.next = look;
    this.onNext();
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
      for (;;) {
        const look = this.next;
        this.next = undefined;
        if (look !== undefined) await this.rounds(look);
        else if (this.settling.rows.size > 0) await this.settledOrHeard();
        else break;
      }
    } catch (cause) {
      observer.failed('drain a lane', cause, this.lane);
      this.backOff();
      await this.settling.ended();
    }
    this.running = false;
  }

  /** Waits until nothing is being settled any more, or there is something to look for. */
  private async settledOrHeard(): Promise<void> {
    const heard = new Promise<void>((resolve) => {
      this.onNext = resolve;
    });
    await Promise.race([this.settling.ended(), heard]);
    if (this.next === undefined) await this.settling.finished();
  }

  /** Leaves nothing in flight but what is being settled, also when it rejects. */
  private async rounds(look: Look): Promise<void> {
    const { clock } = this.parts;
    try {
      let left = this.firstLook(look);
      while (this.maySend() && this.readyAt() <= clock.monotonic() && (await this.round(left))) left = this.whole();
    } finally {
      this.ahead = undefined;
    }
  }

  /** False when nothing is left to send now. */
  private async round(limit: ClaimLimit): Promise<boolean> {
    const { observer } = this.parts;
    const claimed = this.ahead ?? (await this.claim(limit, this.settling.rows));
    this.ahead = undefined;
    if (!isRight(claimed)) {
      if (claimed.left._tag === 'LeaseLost') this.held.lose();
      else observer.failed('claim events', claimed.left, this.lane);
      this.backOff();
      return false;
    }
    const { records, more } = claimed.right;
    const batches = this.plan(records);
    const [first] = batches;
    if (first !== undefined && this.health.isWell() && records.every(isPlain)) {
      const isMore = more || batches.length > 1;
      if (batches.length > 1) this.atOnce = first.length;
      else if (more) this.atOnce = this.larger();
      return !(await this.sendPlain(first, isMore)) || isMore;
    }
    if (records.length > 0 && this.settling.rows.size > 0) await this.settling.finished();
    else if (!(await this.sendAll(records, batches))) return more && records.length === 0;
    return true;
  }

  /** One step after the other. False when nothing is left to send now. */
  private async sendAll(claimed: readonly OutboxRecord[], batches: readonly Batch[]): Promise<boolean> {
    if (batches.length > 0) await this.sender.send(batches);
    else if (claimed.length > 0) this.waitForSuspects(claimed);
    this.failures = 0;
    return batches.length > 0;
  }

  /**
   * Sends the batch, and claims what comes after it meanwhile, if there is more. What was claimed with it and does not fit
   * is claimed again. False when something failed.
   */
  private async sendPlain(batch: Batch, isMore: boolean): Promise<boolean> {
    if (!this.maySend()) return false;
    const underWay = new Set([...this.settling.rows, ...batch.map(({ id }) => id)]);
    const claiming = isMore ? this.claim(this.whole(), underWay).catch(() => undefined) : undefined;
    const outcome = await this.sender.publish(batch);
    this.failures = 0;
    if (!isRight(outcome)) {
      await Promise.all([claiming, this.settling.finished()]);
      await this.sender.sent(batch, outcome);
      return false;
    }
    if (!(await this.settling.finished())) return false;
    this.settling.begin(batch, () => this.settler.acknowledge(batch, outcome.right));
    this.ahead = await claiming;
    return true;
  }

  private larger(): number {
    return Math.min(this.parts.settings.batchRecords, Math.ceil(this.atOnce * GROWTH));
  }

  private whole(): ClaimLimit {
    return { records: this.atOnce, bytes: this.parts.publisher.maxBatchBytes() };
  }

  /** A lane of which something has failed may have retries to send. */
  private firstLook(look: Look): ClaimLimit {
    const whole = this.whole();
    if (look === 'whole' || !this.health.isWell()) return whole;
    return { ...whole, records: Math.min(FIRST_LOOK_RECORDS, whole.records), fresh: true };
  }

  private claim(limit: ClaimLimit, except: ReadonlySet<number>): Promise<Claim> {
    const { outbox } = this.parts;
    return outbox.claim(this.held.lease, this.lane, { ...limit, ...(except.size > 0 ? { except } : {}) })();
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
