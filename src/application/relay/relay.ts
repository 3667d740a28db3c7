import { isSome } from 'fp-ts/lib/Option.js';
import { isRight } from 'fp-ts/lib/Either.js';
import type { RelayLeases } from '../ports/relay-lease.ts';
import { HeldLease } from './held-lease.ts';
import { LanePump } from './lane-pump.ts';
import type { LanePumpParts } from './lane-pump.ts';
import { backoffMs } from './relay-policy.ts';
import type { RelaySettings } from './relay-settings.ts';
import { RELAY_LEASE, leaseIsTooShort, outageBackoff, renewEveryMs } from './relay-settings.ts';

export interface RelayParts extends Omit<LanePumpParts, 'stopping' | 'settings'> {
  readonly leases: RelayLeases;
}

/** Polls follow each other no faster, whatever wakes them, milliseconds. */
const POLL_GAP_MS = 5;
/** A standby asks for the lease at least this often, milliseconds. */
const STANDBY_MAX_MS = 1_000;

/**
 * Brings committed events to the broker: at least once, first appearances in order for each order. One relay holds
 * the lease and works, the others stand by. It drains each lane with work, lanes in parallel, one request in
 * flight in each lane. Nothing that is thrown ends it; a crash at any point only repeats what was in flight.
 */
export class Relay {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private held: HeldLease | undefined;
  private pumps = new Map<number, LanePump>();
  /** Ends the current pause; replaced for each pause. */
  private pausing = new AbortController();
  private woken = false;
  private failures = 0;

  constructor(
    private readonly parts: RelayParts,
    private readonly settings: RelaySettings,
  ) {
    if (leaseIsTooShort(settings))
      throw new RangeError(
        `a lease of ${settings.leaseMs} ms is too short for publishes of up to ${settings.publishTimeoutMs} ms: ` +
          'three quarters of it must be longer than one publish',
      );
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Something was committed: poll now. With a lane, that lane is drained at once. Does nothing on a standby. */
  wake(lane?: number): void {
    if (lane !== undefined && this.held !== undefined) this.pumpOf(lane, this.held).start();
    else {
      this.woken = true;
      this.pausing.abort();
    }
  }

  /**
   * Begins nothing new, finishes what is in flight and gives the lease back. Resolves after `deadlineMs` at the
   * latest; what was published but not settled by then is published again by the next holder.
   */
  async stop(deadlineMs: number): Promise<void> {
    const { clock, observer } = this.parts;
    this.stopping.abort();
    this.pausing.abort();
    const finished = new AbortController();
    const running = (this.running ?? Promise.resolve()).finally(() => {
      finished.abort();
    });
    await Promise.race([running, clock.sleep(deadlineMs, finished.signal)]);
    if (finished.signal.aborted) return;
    observer.failed('stop the relay', new Error(`not everything in flight was finished within ${deadlineMs} ms`));
    this.held?.lose();
  }

  private async run(): Promise<void> {
    const { clock, observer } = this.parts;
    while (!this.stopping.signal.aborted) {
      try {
        const held = await this.acquire();
        if (held !== undefined) await this.lead(held);
        else await clock.sleep(Math.min(STANDBY_MAX_MS, renewEveryMs(this.settings)), this.stopping.signal);
      } catch (cause) {
        observer.failed('run the relay', cause);
        await this.backOff();
      }
    }
  }

  /** Undefined while another relay works. */
  private async acquire(): Promise<HeldLease | undefined> {
    const { leases, clock, observer } = this.parts;
    const askedAt = clock.monotonic();
    const acquired = await leases.acquire(RELAY_LEASE, this.settings.owner, this.settings.leaseMs)();
    if (!isRight(acquired)) {
      observer.failed('acquire the relay lease', acquired.left);
      await this.backOff();
      return undefined;
    }
    this.failures = 0;
    if (!isSome(acquired.right)) return undefined;
    return new HeldLease(acquired.right.value, askedAt, { ...this.parts, settings: this.settings });
  }

  private async lead(held: HeldLease): Promise<void> {
    const { leases, observer } = this.parts;
    const ended = new AbortController();
    const keeping = held.keep(ended.signal);
    this.held = held;
    this.pumps = new Map();
    observer.leaseChanged(true, held.lease.epoch);
    try {
      await this.refreshLimits();
      await this.schedule(held);
    } finally {
      await Promise.all([...this.pumps.values()].map((pump) => pump.idle()));
      this.held = undefined;
      ended.abort();
      await keeping;
      if (!held.lost) {
        const released = await leases.release(held.lease)();
        if (!isRight(released)) observer.failed('release the relay lease', released.left);
      }
      observer.leaseChanged(false, undefined);
    }
  }

  /** Polls until the lease is lost or the relay stops: often while there is work, ever less while there is none. */
  private async schedule(held: HeldLease): Promise<void> {
    const { pollMinMs, pollMaxMs } = this.settings;
    let interval = pollMinMs;
    while (!held.lost && !this.stopping.signal.aborted) {
      const found = await this.poll(held);
      if (found === 'failed') await this.backOff();
      else {
        interval = found === 'work' ? pollMinMs : Math.min(interval * 2, pollMaxMs);
        await this.pause(interval);
      }
    }
  }

  private async poll(held: HeldLease): Promise<'work' | 'nothing' | 'failed'> {
    const { outbox, observer } = this.parts;
    try {
      const lanes = await outbox.lanesWithWork()();
      if (isRight(lanes)) {
        this.failures = 0;
        const started = lanes.right.filter((lane) => this.pumpOf(lane, held).start());
        return started.length > 0 ? 'work' : 'nothing';
      }
      observer.failed('look for work', lanes.left);
    } catch (cause) {
      observer.failed('look for work', cause);
    }
    return 'failed';
  }

  private pumpOf(lane: number, held: HeldLease): LanePump {
    const known = this.pumps.get(lane);
    if (known !== undefined) return known;
    const pump = new LanePump(lane, held, {
      ...this.parts,
      settings: this.settings,
      stopping: this.stopping.signal,
    });
    this.pumps.set(lane, pump);
    return pump;
  }

  private async refreshLimits(): Promise<void> {
    const { publisher, observer } = this.parts;
    const outcome = await publisher.refreshLimits()();
    if (!isRight(outcome)) observer.failed("read the topic's limits", outcome.left);
  }

  /** Ends early by `wake`, but not before the gap. */
  private async pause(ms: number): Promise<void> {
    const { clock } = this.parts;
    await clock.sleep(POLL_GAP_MS, this.stopping.signal);
    this.pausing = new AbortController();
    if (!this.woken && !this.stopping.signal.aborted) await clock.sleep(ms, this.pausing.signal);
    this.woken = false;
  }

  /** Waits longer after each failure in a row, whatever wakes it. */
  private async backOff(): Promise<void> {
    const { clock, random } = this.parts;
    this.failures += 1;
    const ms = backoffMs(this.failures, outageBackoff(this.settings), random.next());
    await clock.sleep(ms, this.stopping.signal);
  }
}
