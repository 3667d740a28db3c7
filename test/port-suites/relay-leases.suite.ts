import * as O from 'fp-ts/lib/Option.js';
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import type { Lease } from '../../src/application/ports/relay-lease.ts';
import { left, right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

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

    const acquire = async (owner: string): Promise<Lease | undefined> =>
      O.toUndefined(await right(storage.leases.acquire(name, owner, 10_000)));
    const acquired = async (owner: string): Promise<Lease> => {
      const lease = await acquire(owner);
      if (lease === undefined) throw new Error(`${owner} did not get the lease`);
      return lease;
    };

    it('given a free lease / when acquired / then it is held, and others get none', async () => {
      const lease = await acquired('a');
      expect(lease).to.include({ name, owner: 'a' });
      expect(await acquire('b')).to.equal(undefined);
    });

    it('given a lease that expired / when another acquires it / then with a higher epoch, and the older holder has lost it', async () => {
      const older = await acquired('a');
      await storage.passTime(10_001);
      const newer = await acquired('b');
      expect(newer.epoch).to.be.greaterThan(older.epoch);
      expect(await left(storage.leases.renew(older, 10_000))).to.deep.equal({ _tag: 'LeaseLost', lease: older });
      expect(await acquire('a')).to.equal(undefined);
    });

    it('given a lease that is renewed / then it outlives its first term', async () => {
      const lease = await acquired('a');
      await storage.passTime(9_000);
      await right(storage.leases.renew(lease, 10_000));
      await storage.passTime(9_000);
      expect(await acquire('b')).to.equal(undefined);
    });

    it('given a lease that is released / then another gets it at once, with a higher epoch', async () => {
      const older = await acquired('a');
      await right(storage.leases.release(older));
      expect((await acquired('b')).epoch).to.be.greaterThan(older.epoch);
    });

    it('given a lease that was lost / when its older holder releases it / then the newer holder keeps it', async () => {
      const older = await acquired('a');
      await storage.passTime(10_001);
      const newer = await acquired('b');
      await right(storage.leases.release(older));
      expect(await acquire('c')).to.equal(undefined);
      await right(storage.leases.renew(newer, 10_000));
    });

    it('given an owner that asks for its own lease again / then it gets it, and the epoch does not fall', async () => {
      const first = await acquired('a');
      expect((await acquired('a')).epoch).to.be.at.least(first.epoch);
    });

    it('given 20 relays that ask at once / then exactly one holds the lease', async () => {
      const leases = await Promise.all(Array.from({ length: 20 }, (_, index) => acquire(`relay-${index}`)));
      expect(leases.filter((lease) => lease !== undefined)).to.have.length(1);
    });
  });
};
