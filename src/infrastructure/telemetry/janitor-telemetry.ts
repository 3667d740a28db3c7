import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Logger } from 'pino';
import { describeCause } from '../../application/describe-cause.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { JanitorObserver } from '../../application/ports/janitor-observer.ts';

/** What a janitor does, as metrics and log lines. `table` is the one it removes rows of. */
export class JanitorTelemetry implements JanitorObserver {
  private readonly purgedRows: Counter;
  private readonly runs: Counter<'outcome'>;
  private readonly duration: Histogram;
  private readonly lastRun: Gauge;

  constructor(
    registry: Registry,
    private readonly log: Logger,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly table: 'outbox' | 'inbox',
  ) {
    const registers = [registry];
    this.purgedRows = new Counter({
      name: `orderly_janitor_purged_${table}_rows_total`,
      help: `Rows of table ${table} that were removed, in runs that were done.`,
      registers,
    });
    this.runs = new Counter({
      name: `orderly_janitor_${table}_runs_total`,
      help: 'Runs by outcome: done, stood by because another janitor was at work, failed.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of ['done', 'stood_by', 'failed']) this.runs.inc({ outcome }, 0);
    this.duration = new Histogram({
      name: `orderly_janitor_${table}_run_seconds`,
      help: 'Duration of the runs that were done, their rests included.',
      buckets: [0.01, 0.1, 1, 10, 60, 600, 3_600],
      registers,
    });
    this.lastRun = new Gauge({
      name: `orderly_janitor_${table}_last_run_timestamp_seconds`,
      help: 'End of the last run of this process that was done, seconds since 1970; absent before the first.',
      labelNames: [],
      registers,
    });
    this.lastRun.remove();
  }

  ran({ rows, tookMs, cutoff }: Parameters<JanitorObserver['ran']>[0]): void {
    this.purgedRows.inc(rows);
    this.runs.inc({ outcome: 'done' });
    this.duration.observe(tookMs / 1_000);
    this.lastRun.set(this.clock.now() / 1_000);
    this.log[rows === 0 ? 'debug' : 'info']({ table: this.table, rows, ms: Math.round(tookMs), cutoff }, 'purged');
  }

  stoodBy(): void {
    this.runs.inc({ outcome: 'stood_by' });
    this.log.debug({ table: this.table }, 'another janitor is at work');
  }

  failed(activity: string, cause: unknown): void {
    this.runs.inc({ outcome: 'failed' });
    this.log.error({ activity, error: describeCause(cause) }, 'the janitor will try again');
  }
}
