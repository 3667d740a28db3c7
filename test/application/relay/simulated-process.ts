import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { Publisher } from '../../../src/application/ports/publisher.ts';
import type { RelayLeases } from '../../../src/application/ports/relay-lease.ts';
import type { RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import type { Relay, RelayParts } from '../../../src/application/relay/relay.ts';
import type { RelaySettings } from '../../../src/application/relay/relay-settings.ts';
import type { RelayHouse } from './relay-house.ts';

/**
 * A relay in a process of its own that can be killed or paused at any await. A killed one runs no more code, a
 * paused one (SIGSTOP) goes on where it was; what it had sent is carried out in both cases.
 */
export class SimulatedProcess {
  readonly relay: Relay;
  private dead = false;
  private paused: { promise: Promise<void>; resume: () => void } | undefined;

  constructor(house: RelayHouse, settings: Partial<RelaySettings>, parts: Partial<RelayParts> = {}) {
    const outbox: RelayOutbox = parts.outbox ?? house.relayOutbox;
    const leases: RelayLeases = parts.leases ?? house.leases;
    const publisher: Publisher = parts.publisher ?? house.publisher;
    const clock: Clock = {
      now: () => house.clock.now(),
      monotonic: () => house.clock.monotonic(),
      sleep: (ms, signal) => this.running(() => house.clock.sleep(ms, signal)),
    };
    this.relay = house.relay(settings, {
      ...parts,
      clock,
      outbox: {
        lanesWithWork: () => this.task(outbox.lanesWithWork()),
        claim: (lease, lane, limit) => this.task(outbox.claim(lease, lane, limit)),
        acknowledge: (lease, lane, acknowledged) => this.task(outbox.acknowledge(lease, lane, acknowledged)),
        recordFailure: (lease, failure, then) => this.task(outbox.recordFailure(lease, failure, then)),
      },
      leases: {
        acquire: (name, owner, ttlMs) => this.task(leases.acquire(name, owner, ttlMs)),
        renew: (held, ttlMs) => this.task(leases.renew(held, ttlMs)),
        release: (lease) => this.task(leases.release(lease)),
        announce: (owner, ttlMs) => this.task(leases.announce(owner, ttlMs)),
        leave: (owner) => this.task(leases.leave(owner)),
        look: (owner, names) => this.task(leases.look(owner, names)),
      },
      publisher: {
        publish: (lane, records) => this.task(publisher.publish(lane, records)),
        sizeOf: (record) => publisher.sizeOf(record),
        maxBatchBytes: () => publisher.maxBatchBytes(),
        refreshLimits: () => this.task(publisher.refreshLimits()),
      },
    });
    this.relay.start();
  }

  kill(): void {
    this.dead = true;
  }

  pause(): void {
    if (this.paused !== undefined) return;
    let resume = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      resume = resolve;
    });
    this.paused = { promise, resume };
  }

  resume(): void {
    this.paused?.resume();
    this.paused = undefined;
  }

  private task<E, A>(inner: TaskEither<E, A>): TaskEither<E, A> {
    return () => this.running(inner);
  }

  private async running<A>(act: () => Promise<A>): Promise<A> {
    await this.alive();
    const result = await act();
    await this.alive();
    return result;
  }

  private async alive(): Promise<void> {
    if (this.paused !== undefined) await this.paused.promise;
    if (this.dead) await new Promise<never>(() => undefined);
  }
}
