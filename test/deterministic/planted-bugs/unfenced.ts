import type { Lease } from '../../../src/application/ports/relay-lease.ts';
import { withOutbox } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

export const unfenced: PlantedBug = {
  name: 'unfenced',
  mistake: 'claiming and settling do not look at the epoch',
  invariant: 8,
  plant: (ports, world) => {
    const { outbox } = ports;
    const current = (lease: Lease): Lease => world.database.committed.leases.get(lease.name) ?? lease;
    return withOutbox(ports, {
      claim: (lease, lane, limit) => outbox.claim(current(lease), lane, limit),
      acknowledge: (lease, lane, acknowledged) => outbox.acknowledge(current(lease), lane, acknowledged),
      recordFailure: (lease, failure, then) => outbox.recordFailure(current(lease), failure, then),
    });
  },
};
