import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { PurgeInbox } from '../../application/consumer/purge-inbox.ts';
import type { DependencyUnavailable } from '../../application/consumer/subscription.ts';
import { Janitor } from '../../application/operations/janitor.ts';
import type { Clock } from '../../application/ports/clock.ts';
import { MySqlJanitorTurns } from '../mysql/mysql-janitor-turns.ts';
import type { MySqlPoolOptions } from '../mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../mysql/mysql-unit-of-work.ts';
import { JanitorTelemetry } from '../telemetry/janitor-telemetry.ts';
import type { MySqlMetrics } from '../telemetry/mysql-metrics.ts';
import { MySqlInboxRetention } from './mysql-inbox-retention.ts';

export interface InboxJanitorOptions {
  readonly consumer: string;
  readonly mysql: MySqlPoolOptions;
  readonly retentionMs: number;
  /** Pause between two runs. */
  readonly everyMs: number;
  readonly topicKeepsForMs: TaskEither<DependencyUnavailable, number>;
  readonly registry: Registry;
  readonly mysqlMetrics: MySqlMetrics;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface InboxJanitor {
  start(): void;
  /** Resolves when it is done and its connections are closed; waits for its chunk no longer than `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

/** A turn, its chunk and a look. */
const CONNECTIONS = 3;
/** A frozen member of the group must not keep rows of the inbox locked, nor its turn. */
const SILENCE_MS = 30_000;

/** Runs in every process of a consumer; of one consumer's one works at a time. */
export const createInboxJanitor = (options: InboxJanitorOptions): InboxJanitor => {
  const { consumer, mysql, retentionMs, everyMs, topicKeepsForMs, registry, mysqlMetrics, log, clock } = options;
  const pool = mysqlMetrics.openPool('janitor', { ...mysql, connections: CONNECTIONS, silenceMs: SILENCE_MS });
  const purge = new PurgeInbox({
    unitOfWork: new MySqlUnitOfWork(pool),
    retention: new MySqlInboxRetention(pool, consumer),
    topicKeepsForMs,
  });
  const janitor = new Janitor(
    {
      purge: (pace) => purge.handle(retentionMs, pace),
      turns: new MySqlJanitorTurns(pool, `inbox of ${consumer}`),
      observer: new JanitorTelemetry(registry, log, clock, 'inbox'),
      clock,
    },
    everyMs,
  );
  return {
    start: () => janitor.start(),
    stop: async (deadlineMs) => {
      await janitor.stop(deadlineMs);
      await pool.end();
    },
  };
};
