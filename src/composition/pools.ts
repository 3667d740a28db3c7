import type { ServiceConfig } from '../infrastructure/config.ts';
import { createMySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import type { MySqlPool, MySqlPoolOptions } from '../infrastructure/mysql/mysql-pool.ts';
import type { MySqlMetrics } from '../infrastructure/telemetry/mysql-metrics.ts';
import type { Role } from '../interfaces/cli/service-cli.ts';

/** Connections for checks and gauges: they must answer also while all others are busy. */
export const WATCH_CONNECTIONS = 2;
/** Connections of the relay for each lane: one batch is settled while the next is claimed. */
const RELAY_CONNECTIONS_PER_LANE = 2;
/** And beside them: polling, renewing, looking for lanes. */
const RELAY_EXTRA_CONNECTIONS = 3;

/** A relay's idle connections are not closed sooner than twice in so long, milliseconds, however short its lease. */
const RELAY_LEAST_SILENCE_MS = 5_000;

/** A turn, its chunk and a look. */
const JANITOR_CONNECTIONS = 3;
/** Longer than any rest of a janitor, and short enough that another one need not wait long for a frozen one. */
const JANITOR_SILENCE_MS = 30_000;

export interface Pools {
  readonly requests: MySqlPool;
  readonly relay: MySqlPool;
  readonly janitor: MySqlPool;
  readonly watch: MySqlPool;
}

const USED: Readonly<Record<Role, readonly (keyof Pools)[]>> = {
  api: ['requests', 'watch'],
  relay: ['relay', 'watch'],
  janitor: ['janitor', 'watch'],
  all: ['requests', 'relay', 'watch'],
};

/**
 * Connections are opened on first use; a pool that is never used costs nothing, and metrics tell of those only that the role
 * uses. A relay that is frozen in the middle of a settlement keeps its lane's lease locked, so its session must not
 * outlive the lease by much.
 */
export const openPools = ({ mysql, kafka, relay }: ServiceConfig, role: Role, metrics: MySqlMetrics): Pools => {
  const open = (name: keyof Pools, options: MySqlPoolOptions): MySqlPool =>
    USED[role].includes(name) ? metrics.openPool(name, options) : createMySqlPool(options);
  return {
    requests: open('requests', mysql),
    relay: open('relay', {
      ...mysql,
      connections: kafka.partitions * RELAY_CONNECTIONS_PER_LANE + RELAY_EXTRA_CONNECTIONS,
      silenceMs: Math.max(relay.leaseMs, RELAY_LEAST_SILENCE_MS),
      smallRowImages: true,
    }),
    janitor: open('janitor', { ...mysql, connections: JANITOR_CONNECTIONS, silenceMs: JANITOR_SILENCE_MS }),
    watch: open('watch', { ...mysql, connections: WATCH_CONNECTIONS }),
  };
};
