import type { RelayParts } from '../../src/application/relay/relay.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** The ports of a relay as it reaches them from within its process: only while that lives and is not paused. */
export const withinProcess = (
  process: SimulatedProcess,
  { outbox, leases, publisher, ...others }: Omit<RelayParts, 'clock'>,
): RelayParts => ({
  ...others,
  clock: process.clock,
  outbox: {
    lanesWithWork: () => process.task(outbox.lanesWithWork()),
    claim: (lease, lane, limit) => process.task(outbox.claim(lease, lane, limit)),
    acknowledge: (lease, lane, acknowledged) => process.task(outbox.acknowledge(lease, lane, acknowledged)),
    recordFailure: (lease, failure, then) => process.task(outbox.recordFailure(lease, failure, then)),
  },
  leases: {
    acquire: (name, owner, ttlMs) => process.task(leases.acquire(name, owner, ttlMs)),
    renew: (held, ttlMs) => process.task(leases.renew(held, ttlMs)),
    release: (lease) => process.task(leases.release(lease)),
    announce: (owner, ttlMs) => process.task(leases.announce(owner, ttlMs)),
    leave: (owner) => process.task(leases.leave(owner)),
    look: (owner, names) => process.task(leases.look(owner, names)),
  },
  publisher: {
    publish: (lane, records) => process.task(publisher.publish(lane, records)),
    sizeOf: (record) => publisher.sizeOf(record),
    maxBatchBytes: () => publisher.maxBatchBytes(),
    refreshLimits: () => process.task(publisher.refreshLimits()),
  },
});
