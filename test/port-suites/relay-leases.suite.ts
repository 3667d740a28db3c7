import * as O from 'fp-ts/lib/Option.js';
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import type { Lease, RelayField } from '../../src/application/ports/relay-lease.ts';
import { right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

const TTL = 10_000;

export const relayLeasesSuite = (open: OpenStorage): void => {
  describe('relay leases', () => {
    let storage: StorageUnderTest;
    let name: string;
    before(async () => {
      storage = await open();
    });
    beforeEach(() => {
      name = `lease-${randomUUID()}`;
    });
    after(() => storage.close());

    const acquire = async (owner: string, lease = name): Promise<Lease | undefined> =>
      O.toUndefined(await right(storage.leases.acquire(lease, owner, TTL)));
    const acquired = async (owner: string, leaseName = name): Promise<Lease> => {
      const lease = await acquire(owner, leaseName);
      if (lease === undefined) throw new Error(`${owner} did not get the lease`);
      return lease;
    };
    const renew = (...leases: readonly Lease[]): Promise<readonly Lease[]> => right(storage.leases.renew(leases, TTL));

    it('given a free lease / when acquired / then it is held, and others get none', async () => {
      const lease = await acquired('a');
      expect(lease).to.include({ name, owner: 'a' });
      expect(await acquire('b')).to.equal(undefined);
    });

    it('given a lease that expired / when another acquires it / then with a higher epoch, and the older holder has lost it', async () => {
      const older = await acquired('a');
      await storage.passTime(TTL + 1);
      const newer = await acquired('b');
      expect(newer.epoch).to.be.greaterThan(older.epoch);
      expect(await renew(older)).to.deep.equal([older]);
      expect(await acquire('a')).to.equal(undefined);
    });

    it('given a lease that expired and that nobody took / then its holder can still renew it', async () => {
      const lease = await acquired('a');
      await storage.passTime(TTL + 1);
      expect(await renew(lease)).to.deep.equal([]);
      expect(await acquire('b')).to.equal(undefined);
    });

    it('given leases that are renewed together / then each outlives its first term, and those lost are named', async () => {
      const [one, two, three] = await Promise.all(['1', '2', '3'].map((suffix) => acquired('a', `${name}-${suffix}`)));
      if (one === undefined || two === undefined || three === undefined) throw new Error('not acquired');
      await storage.passTime(9_000);
      expect(await renew(one, three)).to.deep.equal([]);
      await storage.passTime(9_000);
      const taken = await acquired('b', two.name);
      expect(await renew(one, two, three)).to.deep.equal([two]);
      expect(await acquire('b', one.name)).to.equal(undefined);
      expect(await acquire('b', three.name)).to.equal(undefined);
      expect(await renew(taken), 'the newer holder keeps it').to.deep.equal([]);
    });

    it('given nothing to renew / then nothing is lost', async () => {
      expect(await renew()).to.deep.equal([]);
    });

    it('given a lease that is released / then another gets it at once, with a higher epoch', async () => {
      const older = await acquired('a');
      await right(storage.leases.release(older));
      expect((await acquired('b')).epoch).to.be.greaterThan(older.epoch);
    });

    it('given a renewal that arrives after the release / then it finds the lease lost, and another gets it at once', async () => {
      const older = await acquired('a');
      await right(storage.leases.release(older));
      expect(await renew(older)).to.deep.equal([older]);
      expect(await acquire('b')).to.include({ owner: 'b' });
    });

    it('given a lease that was lost / when its older holder releases it / then the newer holder keeps it', async () => {
      const older = await acquired('a');
      await storage.passTime(TTL + 1);
      const newer = await acquired('b');
      await right(storage.leases.release(older));
      expect(await acquire('c')).to.equal(undefined);
      expect(await renew(newer)).to.deep.equal([]);
    });

    it('given an owner that asks for its own lease again / then it gets it with a higher epoch, and the older one is lost', async () => {
      const first = await acquired('a');
      const second = await acquired('a');
      expect(second.epoch).to.be.greaterThan(first.epoch);
      expect(await renew(first)).to.deep.equal([first]);
    });

    it('given 20 relays that ask for 6 leases at once / then each lease has exactly one holder', async () => {
      const names = Array.from({ length: 6 }, (_, lane) => `${name}-${lane}`);
      const owners = Array.from({ length: 20 }, (_, index) => `relay-${index}`);
      const asked = await Promise.all(owners.flatMap((owner) => names.map((lease) => acquire(owner, lease))));
      const held = asked.filter((lease) => lease !== undefined);
      expect(held.map((lease) => lease.name).sort()).to.deep.equal(names);
    });

    it('given 20 relays that race to take and release one lease / then no epoch is given twice, and each is above the one before', async () => {
      const epochs: number[] = [];
      await Promise.all(
        Array.from({ length: 20 }, async (_, index) => {
          for (let round = 0; round < 5; round += 1) {
            const lease = await acquire(`relay-${index}`);
            if (lease === undefined) continue;
            epochs.push(lease.epoch);
            await right(storage.leases.release(lease));
          }
        }),
      );
      expect(new Set(epochs).size).to.equal(epochs.length);
      expect(epochs).to.deep.equal([...epochs].sort((a, b) => a - b));
    });
  });

  describe('members among the relays', () => {
    let storage: StorageUnderTest;
    beforeEach(async () => {
      storage = await open();
    });
    afterEach(() => storage.close());

    const announce = (owner: string, ttlMs = TTL): Promise<void> => right(storage.leases.announce(owner, ttlMs));
    const look = (owner: string): Promise<RelayField> => right(storage.leases.look(owner, ['lane-0', 'lane-1']));
    const members = async (): Promise<readonly string[]> => (await look('onlooker')).members;

    it('given relays that announced themselves / then all see the same members, the eldest first, and looking makes none', async () => {
      expect(await members()).to.deep.equal([]);
      for (const owner of ['b', 'C', 'a']) {
        await announce(owner);
        await storage.passTime(2);
      }
      await announce('b');
      expect(await members()).to.deep.equal(['b', 'C', 'a']);
      expect(await members()).to.deep.equal(['b', 'C', 'a']);
    });

    it('given one that announces itself no more / then it is a member until its term ends, and the others stay', async () => {
      await announce('a');
      await announce('b');
      await storage.passTime(9_000);
      await announce('b');
      expect([...(await members())].sort()).to.deep.equal(['a', 'b']);
      await storage.passTime(1_001);
      expect(await members()).to.deep.equal(['b']);
      await announce('a');
      expect(await members(), 'it may come back, as the youngest').to.deep.equal(['b', 'a']);
    });

    it('given one that leaves / then it is gone at once, its leases stay, and leaving again does no harm', async () => {
      await announce('a');
      await right(storage.leases.acquire('lane-0', 'a', TTL));
      await right(storage.leases.leave('a'));
      await right(storage.leases.leave('a'));
      expect(await look('b')).to.deep.equal({ members: [], free: ['lane-1'] });
    });

    it('given leases of all kinds / then free are those never taken, given back, expired, or the asker’s own', async () => {
      expect((await look('a')).free, 'never taken').to.deep.equal(['lane-0', 'lane-1']);
      await right(storage.leases.acquire('lane-0', 'a', TTL));
      const other = O.toUndefined(await right(storage.leases.acquire('lane-1', 'b', TTL)));
      if (other === undefined) throw new Error('not acquired');
      expect((await look('a')).free).to.deep.equal(['lane-0']);
      expect((await look('b')).free).to.deep.equal(['lane-1']);
      expect((await look('c')).free).to.deep.equal([]);
      await right(storage.leases.release(other));
      expect((await look('c')).free, 'given back').to.deep.equal(['lane-1']);
      await storage.passTime(TTL + 1);
      expect((await look('c')).free, 'expired').to.deep.equal(['lane-0', 'lane-1']);
    });

    it('given 20 relays that announce themselves and look at once / then none is missed afterwards', async () => {
      const owners = Array.from({ length: 20 }, (_, index) => `relay-${String(index).padStart(2, '0')}`);
      await Promise.all(
        owners.map(async (owner) => {
          await announce(owner);
          expect((await look(owner)).members).to.include(owner);
        }),
      );
      expect([...(await members())].sort()).to.deep.equal(owners);
    });
  });
};
