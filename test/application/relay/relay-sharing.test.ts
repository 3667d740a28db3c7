import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../../src/application/ports/storage-error.ts';
import { leaseNameOf, shareOf } from '../../../src/application/relay/lane-share.ts';
import { laneOf } from '../../../src/application/relay/lanes.ts';
import type { RelayParts } from '../../../src/application/relay/relay.ts';
import { MINUTE, Recorder, RelayHouse, SETTINGS, upTo } from './relay-house.ts';
import { SimulatedRelay } from './simulated-relay.ts';

const LANES = 6;
const TWO_LOOKS = 2_000;

/** Relays that share six lanes. */
class Relays {
  readonly observers = new Map<string, Recorder>();
  private readonly processes = new Map<string, SimulatedRelay>();

  constructor(readonly house: RelayHouse) {}

  async start(name: string, parts: Partial<RelayParts> = {}): Promise<SimulatedRelay> {
    const observer = new Recorder();
    const process = new SimulatedRelay(this.house, { owner: name }, { observer, ...parts });
    this.observers.set(name, observer);
    this.processes.set(name, process);
    await this.house.clock.advance(1);
    return process;
  }

  /** Lanes whose lease each relay holds, by the database: `a: 0,1,2`. */
  held(name: string): readonly number[] {
    const now = this.house.database.now();
    return upTo(LANES)
      .map((lane) => lane - 1)
      .filter((lane) => {
        const row = this.house.database.committed.leases.get(leaseNameOf(lane));
        return row?.owner === name && row.expiresAt > now;
      });
  }

  counts(): readonly number[] {
    return [...this.processes.keys()].map((name) => this.held(name).length);
  }

  /** True once each relay holds as many lanes as told, in the order they were started. */
  async share(expected: readonly number[], limitMs = TWO_LOOKS): Promise<boolean> {
    return this.house.clock.runUntil(() => JSON.stringify(this.counts()) === JSON.stringify(expected), limitMs);
  }

  lines(name: string, pattern: RegExp): number {
    return this.observers.get(name)?.count(pattern) ?? 0;
  }

  kill(): void {
    for (const process of this.processes.values()) process.kill();
  }
}

describe('the share of a relay', () => {
  it('is exact: all lanes in total, nobody more than one above another, the eldest first', () => {
    for (let relays = 1; relays <= 9; relays += 1) {
      const members = Array.from({ length: relays }, (_, index) => `relay-${9 - index}`);
      const shares = members.map((owner) => shareOf(owner, members, LANES));
      expect(shares.reduce((sum, share) => sum + share, 0)).to.equal(LANES);
      expect(Math.max(...shares) - Math.min(...shares)).to.be.at.most(1);
      expect(shares).to.deep.equal([...shares].sort((a, b) => b - a));
    }
  });

  it('of one that is not yet seen among the members is that of the youngest', () => {
    expect(shareOf('new', [], LANES)).to.equal(6);
    expect(shareOf('new', ['a', 'b', 'c'], LANES)).to.equal(1);
    expect(shareOf('new', ['a', 'b', 'c', 'd', 'e', 'f'], LANES)).to.equal(0);
  });
});

describe('relays that share the lanes', () => {
  let relays: Relays;
  const house = (options: ConstructorParameters<typeof RelayHouse>[1] = {}): RelayHouse => {
    const made = new RelayHouse(LANES, options);
    relays = new Relays(made);
    return made;
  };
  afterEach(() => {
    relays.kill();
  });
  const appendToAllLanes = async (to: RelayHouse, events = 1): Promise<void> => {
    for (let i = 0; i < 4 * LANES; i += 1) await to.append(`order-${i}`, events);
  };
  const expectInOrder = (of: RelayHouse): void => {
    expect(of.count('COMPLETED')).to.equal(of.rows().length);
    for (const key of new Set(of.rows().map(({ orderKey }) => orderKey)))
      expect(of.firstAppearances(key), key).to.deep.equal(
        upTo(of.rows().filter(({ orderKey }) => orderKey === key).length),
      );
  };

  describe('joining', () => {
    it('given one relay / when others join / then each has its exact share within two looks, and what it keeps is not disturbed', async () => {
      house();
      await relays.start('a');
      expect(await relays.share([6])).to.equal(true);
      const kept = relays.held('a').slice(0, 3);
      await relays.start('b');
      expect(await relays.share([3, 3])).to.equal(true);
      expect(relays.held('a')).to.deep.equal(kept);
      await relays.start('c');
      expect(await relays.share([2, 2, 2])).to.equal(true);
      await relays.start('d');
      expect(await relays.share([2, 2, 1, 1])).to.equal(true);
      for (const lane of relays.held('a')) {
        const taken = new RegExp(`^lane ${lane} `);
        expect(relays.lines('a', taken), `lane ${lane} never left a`).to.equal(1);
      }
      for (const name of ['a', 'b', 'c', 'd']) expect(relays.lines(name, / lost$/)).to.equal(0);
    });

    it('given as many relays as lanes / when one more joins / then it stands by and disturbs nobody, until one leaves', async () => {
      const { clock } = house();
      for (const name of ['f', 'e', 'd', 'c', 'b', 'a']) await relays.start(name);
      expect(await relays.share([1, 1, 1, 1, 1, 1], 2 * TWO_LOOKS)).to.equal(true);
      const given = (): number =>
        ['f', 'e', 'd', 'c', 'b', 'a'].reduce((sum, name) => sum + relays.lines(name, /given back/), 0);
      const before = given();
      await relays.start('0-first-by-name');
      await clock.advance(MINUTE);
      expect(relays.counts()).to.deep.equal([1, 1, 1, 1, 1, 1, 0]);
      expect(given()).to.equal(before);
      expect(relays.observers.get('0-first-by-name')?.lines).to.deep.equal(['0 lanes of 7 relays']);
    });

    it('given many relays that start in the same moment / then the lanes are shared exactly, each held by one', async () => {
      const { database } = house();
      await Promise.all(upTo(9).map((index) => relays.start(`relay-${index}`)));
      const shared = await relays.house.clock.runUntil(
        () => [...relays.counts()].sort().join() === '0,0,0,1,1,1,1,1,1',
        3 * TWO_LOOKS,
      );
      expect(shared, relays.counts().join()).to.equal(true);
      expect([...database.committed.leases.values()]).to.have.lengthOf(LANES);
    });

    it('given publishes in flight / when a lane is to be given back / then they are finished and settled first: nothing twice, nothing at once', async () => {
      const made = house({ latencyMs: () => 1_500 });
      await relays.start('a');
      await relays.share([6]);
      await appendToAllLanes(made, 3);
      await made.clock.runUntil(() => made.publisher.requests === LANES, 1_000);
      await relays.start('b');
      await made.clock.advance(1_100);
      expect(relays.counts(), 'a has seen b, and waits for its answers').to.deep.equal([6, 0]);
      await appendToAllLanes(made, 3);
      expect(await relays.share([3, 3])).to.equal(true);
      expect(await made.settled()).to.equal(true);
      expect(made.published()).to.have.lengthOf(made.rows().length);
      expect(made.publisher.overlaps).to.equal(0);
      expect(relays.lines('b', /^published/)).to.be.greaterThan(0);
      expectInOrder(made);
    });

    it('given a stream of events / when a relay joins and leaves / then nobody ever leads less than its share of those alive', async () => {
      const made = house({ latencyMs: () => 200 });
      await relays.start('a');
      await relays.share([6]);
      await relays.start('b');
      let least = LANES;
      for (let i = 0; i < 100; i += 1) {
        await made.append(`order-${i % 20}`);
        await made.clock.advance(50);
        least = Math.min(least, relays.held('a').length);
      }
      expect(least).to.equal(3);
      expect(relays.counts()).to.deep.equal([3, 3]);
    });
  });

  describe('leaving', () => {
    it('given two relays / when one stops / then the other leads all lanes within two looks, long before a lease would expire', async () => {
      const made = house();
      await relays.start('a');
      const b = await relays.start('b');
      expect(await relays.share([3, 3])).to.equal(true);
      await appendToAllLanes(made, 2);
      await made.stop(b.relay);
      expect(await relays.share([6, 0], 1_500)).to.equal(true);
      expect(await made.settled()).to.equal(true);
      expect(made.published()).to.have.lengthOf(made.rows().length);
    });

    it('given a relay that stops with a slow lane / then its other lanes are taken over meanwhile', async () => {
      let slow = false;
      const made = house({ latencyMs: () => (slow ? 4_000 : 1) });
      const a = await relays.start('a');
      await relays.share([6]);
      await relays.start('b');
      expect(await relays.share([3, 3])).to.equal(true);
      const [slowLane] = relays.held('a');
      const key = upTo(100)
        .map((i) => `key-${i}`)
        .find((candidate) => laneOf(candidate, LANES) === slowLane);
      if (key === undefined) throw new Error('no key for the lane');
      slow = true;
      await made.append(key);
      await made.clock.runUntil(() => made.publisher.requests === 1, 1_000);
      const stopping = a.relay.stop(10_000);
      expect(await relays.share([1, 5], 1_500)).to.equal(true);
      expect(await relays.share([0, 6], 6_000)).to.equal(true);
      await stopping;
      expect(made.published()).to.deep.equal([`${key}#1`]);
    });

    it('given a relay that is killed / then its lanes stay its own until its leases expire, and are taken over then', async () => {
      const made = house();
      await relays.start('a');
      const b = await relays.start('b');
      expect(await relays.share([3, 3])).to.equal(true);
      b.kill();
      await appendToAllLanes(made);
      await made.clock.advance(SETTINGS.leaseMs - SETTINGS.leaseMs / 4 - TWO_LOOKS);
      expect(relays.held('a')).to.have.lengthOf(3);
      expect(await relays.share([6, 0], SETTINGS.leaseMs / 4 + 2 * TWO_LOOKS)).to.equal(true);
      expect(await made.settled()).to.equal(true);
      expect(relays.lines('a', / lost$/)).to.equal(0);
      expect([...made.database.committed.members.values()].map(({ owner }) => owner)).to.deep.equal(['a']);
      expectInOrder(made);
    });

    it('given a relay that is stopped while the database does not answer / then the deadline holds, and its leases expire', async () => {
      const made = house();
      let away = false;
      const leases = Object.create(made.leases) as typeof made.leases;
      leases.release = (lease) =>
        away ? TE.left(storageUnavailable('release lease', new Error('gone away'))) : made.leases.release(lease);
      leases.leave = (owner) =>
        away ? TE.left(storageUnavailable('remove relay', new Error('gone away'))) : made.leases.leave(owner);
      const a = await relays.start('a', { leases });
      await relays.start('b');
      expect(await relays.share([3, 3])).to.equal(true);
      away = true;
      await made.stop(a.relay, 3_000);
      expect(relays.lines('a', /^failed to (leave|give back)/)).to.equal(4);
      expect(await relays.share([0, 6], SETTINGS.leaseMs + TWO_LOOKS)).to.equal(true);
    });
  });

  describe('fencing', () => {
    it('given a relay that is paused past its leases with publishes in flight / when it wakes / then it settles none of them and joins as the youngest', async () => {
      const made = house({ latencyMs: () => 10 });
      const a = await relays.start('a');
      await relays.share([6]);
      await relays.start('b');
      expect(await relays.share([3, 3])).to.equal(true);
      await appendToAllLanes(made, 2);
      await made.clock.runUntil(() => made.publisher.requests === LANES, 1_000);
      a.pause();
      const epochs = new Map([...made.database.committed.leases.values()].map(({ name, epoch }) => [name, epoch]));
      const zombieLanes = relays.held('a');
      await appendToAllLanes(made, 2);
      expect(await made.settled(3 * SETTINGS.leaseMs)).to.equal(true);
      expect(relays.counts()).to.deep.equal([0, 6]);
      const offsets = made.rows().map(({ offset }) => offset);
      a.resume();
      expect(await relays.share([3, 3], 2 * TWO_LOOKS)).to.equal(true);
      expect(relays.lines('a', / lost$/)).to.equal(3);
      expect(made.rows().map(({ offset }) => offset)).to.deep.equal(offsets);
      for (const lane of zombieLanes) {
        const name = leaseNameOf(lane);
        expect(made.database.committed.leases.get(name)?.epoch).to.be.greaterThan(epochs.get(name) ?? Infinity);
      }
      await appendToAllLanes(made, 1);
      expect(await made.settled()).to.equal(true);
      expectInOrder(made);
    });

    it('given one lease of six is lost / then the other lanes go on without a pause', async () => {
      const made = house();
      await relays.start('a');
      await relays.share([6]);
      const row = made.database.committed.leases.get('lane-2');
      if (row === undefined) throw new Error('no lease');
      await made.database.transact(({ leases }) => {
        leases.set('lane-2', { ...row, owner: 'intruder', epoch: row.epoch + 1, expiresAt: row.expiresAt + MINUTE });
        return TE.right(undefined)();
      });
      await appendToAllLanes(made);
      await made.clock.advance(1_000);
      const waiting = made.rows().filter(({ status }) => status === 'PENDING');
      expect(waiting).to.not.have.lengthOf(0);
      expect(new Set(waiting.map(({ partition }) => partition))).to.deep.equal(new Set([2]));
      expect(relays.lines('a', /^lane \d lost$/)).to.equal(1);
    });
  });

  describe('the database', () => {
    it('given it is away for a minute for both relays / then both live, and share again without disorder when it is back', async () => {
      const made = house();
      let away = false;
      const leases = Object.create(made.leases) as typeof made.leases;
      const unlessAway = <A>(task: TE.TaskEither<StorageUnavailable, A>): TE.TaskEither<StorageUnavailable, A> =>
        away ? TE.left(storageUnavailable('lease', new Error('gone away'))) : task;
      leases.look = (...args) => unlessAway(made.leases.look(...args));
      leases.renew = (...args) => unlessAway(made.leases.renew(...args));
      leases.announce = (...args) => unlessAway(made.leases.announce(...args));
      leases.acquire = (...args) => unlessAway(made.leases.acquire(...args));
      await relays.start('a', { leases });
      await relays.start('b', { leases });
      expect(await relays.share([3, 3])).to.equal(true);
      away = true;
      await made.clock.advance(MINUTE);
      const sent = made.publisher.requests;
      await appendToAllLanes(made, 2);
      await made.clock.advance(5_000);
      expect(made.publisher.requests, 'no lease is sure to last').to.equal(sent);
      expect(relays.lines('a', /^failed to look/), 'no storm').to.be.within(5, 60);
      away = false;
      expect(await relays.share([3, 3], 10_000)).to.equal(true);
      expect(await made.settled(10_000)).to.equal(true);
      expectInOrder(made);
    });

    it('given one lease that cannot be renewed for a while / then the other lanes go on, and it is not lost', async () => {
      const made = house();
      const leases = Object.create(made.leases) as typeof made.leases;
      leases.renew = (held, ttlMs) =>
        held.some(({ name }) => name === 'lane-2')
          ? TE.left(storageUnavailable('renew leases', new Error('Lock wait timeout exceeded')))
          : made.leases.renew(held, ttlMs);
      await relays.start('a', { leases });
      await relays.share([6]);
      await made.clock.advance(2 * SETTINGS.leaseMs);
      await appendToAllLanes(made);
      await made.clock.advance(1_000);
      const waiting = made.rows().filter(({ status }) => status === 'PENDING');
      expect(new Set(waiting.map(({ partition }) => partition))).to.deep.equal(new Set([2]));
      expect(relays.lines('a', / lost$/)).to.equal(0);
    });

    it('given the answer to an acquire is lost / then the relay takes its own lease again instead of waiting for it to expire', async () => {
      const made = house();
      let lost = 3;
      const leases = Object.create(made.leases) as typeof made.leases;
      leases.acquire = (name, owner, ttl) => async () => {
        const outcome = await made.leases.acquire(name, owner, ttl)();
        if (lost === 0) return outcome;
        lost -= 1;
        return TE.left(storageUnavailable('acquire lease', new Error('connection lost')))();
      };
      await relays.start('a', { leases });
      await relays.share([6], SETTINGS.leaseMs / 2);
      await appendToAllLanes(made);
      expect(await made.settled(SETTINGS.leaseMs / 2)).to.equal(true);
    });
  });

  it('given nothing to do / then a relay asks the database at most four times a second', async () => {
    const made = house();
    const calls = new Map<string, number>();
    const statements = new Set<PropertyKey>(['look', 'announce', 'renew', 'lanesWithWork', 'claim', 'acquire']);
    const counted = <T extends object>(inner: T, name: string): T =>
      new Proxy(inner, {
        get: (target, property, receiver): unknown => {
          if (statements.has(property)) calls.set(name, (calls.get(name) ?? 0) + 1);
          return Reflect.get(target, property, receiver);
        },
      });
    for (const name of ['a', 'b'])
      await relays.start(name, { leases: counted(made.leases, name), outbox: counted(made.relayOutbox, name) });
    expect(await relays.share([3, 3])).to.equal(true);
    calls.clear();
    await made.clock.advance(MINUTE);
    for (const name of ['a', 'b']) expect(calls.get(name), name).to.be.within(60, 4 * 60);
  });

  describe('a hint about a lane', () => {
    it('wakes the relay that leads it, and no other', async () => {
      const made = house();
      const slow = { pollMinMs: 30_000, pollMaxMs: 30_000 };
      const observer = new Recorder();
      const relay = made.relay(slow, { observer });
      relay.start();
      await made.clock.advance(1_000);
      await relays.start('b');
      await relays.share([3]);
      await made.clock.advance(1_000);
      const key = (lane: number | undefined): string =>
        upTo(100)
          .map((i) => `key-${i}`)
          .find((candidate) => laneOf(candidate, LANES) === lane) ?? '';
      const led = key(0);
      await made.append(led);
      relay.wake(0);
      await made.clock.advance(10);
      expect(made.row(led, 1).status).to.equal('COMPLETED');
      const [theirs] = relays.held('b');
      relay.wake(theirs);
      await made.clock.advance(10);
      expect(observer.count(new RegExp(`in lane ${String(theirs)}$`))).to.equal(0);
      await made.stop(relay);
    });
  });
});
