import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Janitor } from '../application/operations/janitor.ts';
import { PurgeOutbox, SHORTEST_RETENTION_MS } from '../application/operations/purge-outbox.ts';
import type { GatedRelay } from '../application/operations/relay-gate.ts';
import { systemClock } from '../infrastructure/clock.ts';
import type { JanitorConfig } from '../infrastructure/janitor-config.ts';
import { MySqlAuditLog } from '../infrastructure/mysql/mysql-audit-log.ts';
import { MySqlJanitorTurns } from '../infrastructure/mysql/mysql-janitor-turns.ts';
import { MySqlOutboxRetention } from '../infrastructure/mysql/mysql-outbox-retention.ts';
import type { MySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../infrastructure/mysql/mysql-unit-of-work.ts';
import { JanitorTelemetry } from '../infrastructure/telemetry/janitor-telemetry.ts';

export interface JanitorFoundation {
  readonly config: JanitorConfig;
  readonly pool: MySqlPool;
  readonly registry: Registry;
  readonly log: Logger;
  /** Of this process. */
  readonly name: string;
}

/** Makes janitors of the outbox, one after the other: the process stops one when a check finds something wrong. */
export const janitors = ({ config, pool, registry, log, name }: JanitorFoundation): (() => GatedRelay) => {
  const observer = new JanitorTelemetry(registry, log, systemClock, 'outbox');
  const purge = new PurgeOutbox({
    unitOfWork: new MySqlUnitOfWork(pool),
    retention: new MySqlOutboxRetention(pool),
    audit: new MySqlAuditLog(),
    // The settings let nothing shorter through, but in tests.
    shortestRetentionMs: Math.min(config.outboxRetentionMs, SHORTEST_RETENTION_MS),
  });
  const turns = new MySqlJanitorTurns(pool, 'outbox');
  const request = {
    actor: `janitor:${name}`,
    olderThanMs: config.outboxRetentionMs,
    limit: Infinity,
    dryRun: false,
    recordsIdleRun: false,
  };
  return () => {
    const janitor = new Janitor(
      { purge: (pace) => purge.handle(request, pace), turns, observer, clock: systemClock },
      config.everyMs,
    );
    return {
      start: () => janitor.start(),
      stop: (deadlineMs) => janitor.stop(deadlineMs),
      // A commit is no reason to purge.
      wake: () => undefined,
    };
  };
};
