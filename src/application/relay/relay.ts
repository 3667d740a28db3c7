import { isRight } from 'fp-ts/lib/Either.js';
import { LaneKeeper } from './lane-keeper.ts';
import type { LaneKeeperParts } from './lane-keeper.ts';
import { LaneRings } from './lane-rings.ts';
import type { LedLane } from './led-lane.ts';
import { OutagePause } from './outage-pause.ts';
import type { RelaySettings } from './relay-settings.ts';
import { leaseIsTooShort } from './relay-settings.ts';

export type RelayParts = Omit<LaneKeeperParts, 'settings'>;

/** Polls follow each other no faster, whatever wakes them, milliseconds. */
const POLL_GAP_MS = 5;

/**
 * Brings committed events to the broker: at least once, first appearances in order for each order. Relays share the
 * lanes: each holds the leases of those it leads and drains them in parallel, one request in flight in each lane.
 * Nothing that is thrown ends it; a crash at any point only repeats what was in flight.
 */
export class Relay {
  private readonly stopping = new AbortController();
  private readonly keeper: LaneKeeper;
  private readonly outage: OutagePause;
  private readonly rings: LaneRings;
  private running: Promise<unknown> | undefined;
  /** Ends the current pause; replaced once it has ended one. */
  private pausing = new AbortController();
  private woken = false;
  private knowsLimits = false;

  constructor(
    private readonly parts: RelayParts,
    private readonly settings: RelaySettings,
  ) {
    if (leaseIsTooShort(settings))
      throw new RangeError(
        `a lease of ${settings.leaseMs} ms is too short for publishes of up to ${settings.publishTimeoutMs} ms: ` +
          'three quarters of it must be longer than one publish',
      );
    this.keeper = new LaneKeeper({ ...parts, settings }, () => {
      this.wake();
    });
    this.outage = new OutagePause({ ...parts, settings });
    this.rings = new LaneRings(parts.clock, (lane) => {
      this.keeper.leadOf(lane)?.start('fresh');
    });
  }

  start(): void {
    this.running ??= Promise.all([this.keeper.run(this.stopping.signal), this.schedule()]);
  }

  /**
   * Something was committed: poll now. With a lane, that lane is drained at once if this relay leads it. May be called as
   * often as one likes, by anyone: looks keep their distance.
   */
  wake(lane?: number): void {
    if (lane !== undefined) {
      if (this.keeper.leadOf(lane) !== undefined) this.rings.ring(lane, this.stopping.signal);
    } else {
      this.woken = true;
      this.pausing.abort();
    }
  }

  /**
   * Begins nothing new, finishes what is in flight and gives each lease back as soon as its lane is done. Resolves
   * after `deadlineMs` at the latest; what was published but not settled by then is published again by the next
   * holder.
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
    this.keeper.abandon();
  }

  /**
   * Polls the lanes it leads: often while polls find what no ring told of, ever less while they do not. Where rings
   * arrive, it stays the safety net that it is, however much there is to do.
   */
  private async schedule(): Promise<void> {
    const { pollMinMs, pollMaxMs } = this.settings;
    let interval = pollMinMs;
    while (!this.stopping.signal.aborted) {
      const found = await this.poll(this.keeper.leading());
      if (found === 'failed') await this.outage.failed(this.stopping.signal);
      else {
        this.outage.succeeded();
        interval = found === 'work' ? pollMinMs : Math.min(interval * 2, pollMaxMs);
        await this.pause(interval);
      }
    }
  }

  private async poll(leading: readonly LedLane[]): Promise<'work' | 'nothing' | 'failed'> {
    const { outbox, observer } = this.parts;
    if (leading.length === 0) return this.standBy();
    try {
      if (!this.knowsLimits) await this.refreshLimits();
      const lanes = await outbox.lanesWithWork()();
      if (isRight(lanes)) {
        const withWork = new Set(lanes.right);
        const started = leading.filter((led) => withWork.has(led.lane) && led.start('whole'));
        return started.some(({ lane }) => !this.rings.told(lane)) ? 'work' : 'nothing';
      }
      observer.failed('look for work', lanes.left);
    } catch (cause) {
      observer.failed('look for work', cause);
    }
    return 'failed';
  }

  /** Leads no lane. The topic's limits may be others when it does again. */
  private standBy(): 'nothing' {
    this.knowsLimits = false;
    return 'nothing';
  }

  private async refreshLimits(): Promise<void> {
    const { publisher, observer } = this.parts;
    this.knowsLimits = true;
    const outcome = await publisher.refreshLimits()();
    if (!isRight(outcome)) observer.failed("read the topic's limits", outcome.left);
  }

  /** Ends early by `wake`, but not before the gap. */
  private async pause(ms: number): Promise<void> {
    const { clock } = this.parts;
    await clock.sleep(POLL_GAP_MS, this.stopping.signal);
    if (this.pausing.signal.aborted) this.pausing = new AbortController();
    if (!this.woken && !this.stopping.signal.aborted) await clock.sleep(ms, this.pausing.signal);
    this.woken = false;
  }
}
