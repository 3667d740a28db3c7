import { isRight } from 'fp-ts/lib/Either.js';
import { isSome } from 'fp-ts/lib/Option.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { RelayLeases } from '../ports/relay-lease.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import { HeldLease } from './held-lease.ts';
import type { LanePumpParts } from './lane-pump.ts';
import { leaseNameOf, shareOf } from './lane-share.ts';
import { LedLane } from './led-lane.ts';
import { OutagePause } from './outage-pause.ts';
import { renewEveryMs } from './relay-settings.ts';

export interface LaneKeeperParts extends Omit<LanePumpParts, 'stopping'> {
  readonly leases: RelayLeases;
}

/** Looks for other relays and free lanes at least this often, milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** The same while it leads fewer lanes than its share: others are giving them back, or their leases run out. */
const LOOK_FOR_SHARE_EVERY_MS = 250;

/**
 * Keeps this relay's share of the lanes: announces it to the others, takes free lanes while it leads fewer than its
 * share, drains and gives back those above it, and renews all leases it holds at once. What happens to one lane does
 * not disturb the others.
 */
export class LaneKeeper {
  private readonly led = new Map<number, LedLane>();
  private readonly ending = new Set<Promise<void>>();
  private readonly outage: OutagePause;
  private readonly lanes: ReadonlyMap<string, number>;
  private shared: { readonly relays: number; readonly share: number } = { relays: 0, share: 0 };
  /** The announcement under way, or the last one. */
  private announced: Promise<boolean> = Promise.resolve(false);
  private leaving = false;

  /** `laneTaken` is called after each lane that this relay was given. */
  constructor(
    private readonly parts: LaneKeeperParts,
    private readonly laneTaken: () => void,
  ) {
    this.outage = new OutagePause(parts);
    this.lanes = new Map(Array.from({ length: parts.settings.lanes }, (_, lane) => [leaseNameOf(lane), lane]));
  }

  /** Those it leads, not those it only drains. */
  leading(): readonly LedLane[] {
    return [...this.led.values()].filter(({ leads }) => leads);
  }

  /** Undefined unless this relay leads the lane. */
  leadOf(lane: number): LedLane | undefined {
    const led = this.led.get(lane);
    return led?.leads === true ? led : undefined;
  }

  /** Leads lanes until `stopping` aborts, then drains them and gives them back. Never rejects. */
  async run(stopping: AbortSignal): Promise<void> {
    const done = new AbortController();
    await this.announce();
    const renewing = this.keepRenewing(done.signal);
    while (!stopping.aborted) {
      if (await this.balance(stopping)) {
        this.outage.succeeded();
        await this.parts.clock.sleep(this.untilNextLook(), stopping);
      } else await this.outage.failed(stopping);
    }
    for (const led of this.led.values()) led.drain();
    await Promise.all([this.leave(), ...this.ending]);
    done.abort();
    await renewing;
  }

  /** Gives up every lease it still holds, with what is in flight under it. */
  abandon(): void {
    for (const { held } of this.led.values()) held.lose();
  }

  /** False when the database could not be asked. */
  private async balance(stopping: AbortSignal): Promise<boolean> {
    const { leases, settings } = this.parts;
    const { owner, lanes } = settings;
    const field = await this.attempt('look for relays and lanes', () => leases.look(owner, [...this.lanes.keys()]));
    if (field === undefined) return false;
    this.sharedAmong(new Set([...field.members, owner]).size, shareOf(owner, field.members, lanes));
    const { share } = this.shared;
    for (const led of this.leading().slice(share)) led.drain();
    for (const name of field.free) {
      const lane = this.lanes.get(name);
      if (lane === undefined || this.led.has(lane)) continue;
      if (stopping.aborted || this.leading().length >= share) break;
      if (!(await this.take(lane))) return false;
    }
    return true;
  }

  /** False when the database could not be asked; true also when another relay was faster. */
  private async take(lane: number): Promise<boolean> {
    const { leases, clock, observer, settings } = this.parts;
    const askedAt = clock.monotonic();
    const acquired = await this.attempt('acquire the lease of a lane', () =>
      leases.acquire(leaseNameOf(lane), settings.owner, settings.leaseMs),
    );
    if (acquired === undefined) return false;
    if (!isSome(acquired)) return true;
    const held = new HeldLease(acquired.value, askedAt, settings.leaseMs, clock);
    const led = new LedLane(lane, held, this.parts);
    this.led.set(lane, led);
    observer.laneTaken(lane, held.lease.epoch);
    const ending = this.end(led).finally(() => this.ending.delete(ending));
    this.ending.add(ending);
    this.laneTaken();
    return true;
  }

  /** The lane counts as led until nothing of it is in flight, so that it is never pumped twice. */
  private async end(led: LedLane): Promise<void> {
    const { leases, observer } = this.parts;
    const { held, lane } = led;
    await led.ended();
    if (held.lost) observer.laneLost(lane, held.lease.epoch);
    else {
      await this.attempt('give back the lease of a lane', () => leases.release(held.lease));
      observer.laneGivenBack(lane, held.lease.epoch);
    }
    this.led.delete(lane);
  }

  private async keepRenewing(done: AbortSignal): Promise<void> {
    const every = renewEveryMs(this.parts.settings);
    let due = every;
    for (;;) {
      await this.parts.clock.sleep(due, done);
      if (done.aborted) return;
      const announced = this.leaving || (await this.announce());
      const renewed = await this.renew();
      due = announced && renewed ? every : every / 4;
    }
  }

  /** Before the leases, so that others see a dead relay's membership end first and are ready for its lanes. */
  private announce(): Promise<boolean> {
    const { leases, settings } = this.parts;
    this.announced = this.attempt('announce the relay', () =>
      TE.as(true)(leases.announce(settings.owner, settings.leaseMs)),
    ).then((done) => done === true);
    return this.announced;
  }

  /** Not before the last announcement has ended, which would bring it back. */
  private async leave(): Promise<void> {
    this.leaving = true;
    await this.announced;
    await this.attempt('leave the other relays', () => this.parts.leases.leave(this.parts.settings.owner));
  }

  /** All at once; when that fails, each alone, so that one whose row is locked does not cost the others theirs. */
  private async renew(): Promise<boolean> {
    const held = [...this.led.values()].map((led) => led.held).filter(({ lost }) => !lost);
    if (held.length === 0 || (await this.renewTogether(held, this.tell))) return true;
    if (held.length > 1) await Promise.all(held.map((lease) => this.renewTogether([lease], () => undefined)));
    return false;
  }

  private async renewTogether(held: readonly HeldLease[], tell: LaneKeeper['tell']): Promise<boolean> {
    const { leases, clock, settings } = this.parts;
    const sentAt = clock.monotonic();
    const own = held.map(({ lease }) => lease);
    const lost = await this.attempt('renew the leases', () => leases.renew(own, settings.leaseMs), tell);
    if (lost === undefined) return false;
    const lostNames = new Set(lost.map(({ name }) => name));
    for (const lease of held)
      if (lostNames.has(lease.lease.name)) lease.lose();
      else lease.renewed(sentAt);
    return true;
  }

  private sharedAmong(relays: number, share: number): void {
    if (this.shared.relays === relays && this.shared.share === share) return;
    this.shared = { relays, share };
    this.parts.observer.shareChanged(relays, share);
  }

  private untilNextLook(): number {
    const every = this.leading().length < this.shared.share ? LOOK_FOR_SHARE_EVERY_MS : LOOK_EVERY_MS;
    return Math.min(every, renewEveryMs(this.parts.settings));
  }

  private readonly tell = (activity: string, cause: unknown): void => {
    this.parts.observer.failed(activity, cause);
  };

  /** Undefined when it failed, which is told; whatever is thrown counts as failed. */
  private async attempt<A>(
    activity: string,
    task: () => TaskEither<StorageUnavailable, A>,
    tell = this.tell,
  ): Promise<A | undefined> {
    try {
      const outcome = await task()();
      if (isRight(outcome)) return outcome.right;
      tell(activity, outcome.left);
    } catch (cause) {
      tell(activity, cause);
    }
    return undefined;
  }
}
