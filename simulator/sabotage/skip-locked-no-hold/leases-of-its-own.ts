import type { RelayLeases } from '../../../src/application/ports/relay-lease.ts';

/**
 * PLANTED BUG, its other half. No worker needs leave to work: each takes a lease that carries its own name, which
 * nobody else ever asks for.
 */
export const leasesOfItsOwn = (real: RelayLeases): RelayLeases => ({
  acquire: (name, owner, ttlMs) => real.acquire(`${name}/${owner}`.slice(0, 64), owner, ttlMs),
  renew: (lease, ttlMs) => real.renew(lease, ttlMs),
  release: (lease) => real.release(lease),
});
