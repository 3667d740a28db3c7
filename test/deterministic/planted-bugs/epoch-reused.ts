import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { RelayLeases } from '../../../src/application/ports/relay-lease.ts';
import type { PlantedBug } from './planted-bug.ts';

export const epochReused: PlantedBug = {
  name: 'epoch-reused',
  mistake: 'whoever takes a lease that ran out goes on with its epoch, so that the old holder is not fenced',
  invariant: 15,
  plant: (ports, world) => {
    const { leases } = ports;
    const acquire: RelayLeases['acquire'] = (name, owner, ttlMs) => async () => {
      const before = world.database.committed.leases.get(name);
      const outcome = await leases.acquire(name, owner, ttlMs)();
      if (E.isLeft(outcome) || O.isNone(outcome.right) || before === undefined || before.owner === '') return outcome;
      const lease = { ...outcome.right.value, epoch: before.epoch };
      await world.database.transact((tables) => {
        const row = tables.leases.get(name);
        if (row !== undefined) tables.leases.set(name, { ...row, epoch: before.epoch });
        return Promise.resolve(E.right(undefined));
      });
      return E.right(O.some(lease));
    };
    return {
      ...ports,
      leases: {
        acquire,
        renew: (held, ttlMs) => leases.renew(held, ttlMs),
        release: (lease) => leases.release(lease),
        announce: (owner, ttlMs) => leases.announce(owner, ttlMs),
        leave: (owner) => leases.leave(owner),
        look: (owner, names) => leases.look(owner, names),
      },
    };
  },
};
