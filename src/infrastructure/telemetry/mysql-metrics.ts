import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { RERUN_CAUSES } from '../mysql/mysql-observer.ts';
import type { MySqlObserver, RerunCause } from '../mysql/mysql-observer.ts';
import { createMySqlPool } from '../mysql/mysql-pool.ts';
import type { MySqlPool, MySqlPoolOptions, PoolUsage } from '../mysql/mysql-pool.ts';

/** What a pool is for: a process has a few of them, so that the one need not wait for the work of another. */
export type PoolName = 'requests' | 'relay' | 'janitor' | 'watch' | 'consumer';

const OUTCOMES = ['timeout', 'refused'] as const;

/** Pools of connections to MySQL and the units of work on them, as metrics. */
export class MySqlMetrics {
  private readonly pools = new Map<PoolName, MySqlPool>();
  private readonly acquireTime: Histogram<'pool'>;
  private readonly acquireFailures: Counter<'pool' | 'outcome'>;
  private readonly reruns: Counter<'pool' | 'cause'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.acquireTime = new Histogram({
      name: 'orderly_mysql_pool_acquire_seconds',
      help: 'From asking for a connection to having it, opening a new one included.',
      labelNames: ['pool'],
      buckets: [0.0001, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
      registers,
    });
    this.acquireFailures = new Counter({
      name: 'orderly_mysql_pool_acquire_failures_total',
      help: 'Times nobody got a connection: timeout, none came free or opened in time; refused, MySQL did not take it.',
      labelNames: ['pool', 'outcome'],
      registers,
    });
    this.reruns = new Counter({
      name: 'orderly_mysql_unit_reruns_total',
      help: 'Units of work begun anew, by cause: deadlock, lock_wait, connection_lost, unknown_commit.',
      labelNames: ['pool', 'cause'],
      registers,
    });
    this.gauge(registry, 'in_use', 'Connections that somebody works with.', ({ inUse }) => inUse);
    this.gauge(registry, 'free', 'Connections that are open and idle.', ({ free }) => free);
    this.gauge(registry, 'limit', 'Connections that may be open at once.', ({ limit }) => limit);
    this.gauge(
      registry,
      'waiting',
      'Those who have asked for a connection and have none yet.',
      ({ waiting }) => waiting,
    );
  }

  /** Opened on first use, and measured from now on. */
  openPool(name: PoolName, options: MySqlPoolOptions): MySqlPool {
    for (const outcome of OUTCOMES) this.acquireFailures.inc({ pool: name, outcome }, 0);
    for (const cause of RERUN_CAUSES) this.reruns.inc({ pool: name, cause }, 0);
    const pool = createMySqlPool({ ...options, observer: this.observerOf(name) });
    this.pools.set(name, pool);
    return pool;
  }

  private observerOf(pool: PoolName): MySqlObserver {
    return {
      acquired: (waitedMs) => this.acquireTime.observe({ pool }, waitedMs / 1_000),
      notAcquired: (outcome) => this.acquireFailures.inc({ pool, outcome }),
      reran: (cause: RerunCause) => this.reruns.inc({ pool, cause }),
    };
  }

  private gauge(registry: Registry, what: string, help: string, read: (usage: PoolUsage) => number): void {
    const { pools } = this;
    new Gauge({
      name: `orderly_mysql_pool_${what}`,
      help,
      labelNames: ['pool'],
      registers: [registry],
      collect() {
        for (const [pool, open] of pools) this.set({ pool }, read(open.usage()));
      },
    });
  }
}
