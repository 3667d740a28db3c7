import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../ports/clock.ts';
import type { ConsumerDesk, ConsumerState } from '../ports/consumer-desk.ts';
import type { OutboxActivity, RecentActivity } from '../ports/outbox-activity.ts';
import type { OutboxQueries, OutboxStats } from '../ports/outbox-queries.ts';
import type { RelayOverview, RelayViews } from '../ports/relay-views.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';

/** How the whole is doing, in one look. */
export interface OverviewReport {
  readonly outbox: OutboxStats;
  readonly activity: RecentActivity;
  readonly relays: RelayOverview;
  /** Those that are configured. */
  readonly consumers: readonly ConsumerState[];
}

export interface OverviewPorts {
  readonly outbox: Pick<OutboxQueries, 'stats'>;
  readonly activity: OutboxActivity;
  readonly relays: RelayViews;
  readonly consumers: Pick<ConsumerDesk, 'statuses'>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/** Counting a large outbox is not free: all who watch within this time share one look. */
const SHARED_FOR_MS = 1_000;

export class Overview {
  private last:
    { readonly at: number; readonly report: ReturnType<TaskEither<StorageUnavailable, OverviewReport>> } | undefined;

  constructor(private readonly ports: OverviewPorts) {}

  /** As it is now, or was a second ago. */
  look(): TaskEither<StorageUnavailable, OverviewReport> {
    return () => {
      const now = this.ports.clock.monotonic();
      if (this.last === undefined || now - this.last.at >= SHARED_FOR_MS)
        this.last = { at: now, report: this.take()() };
      return this.last.report;
    };
  }

  private take(): TaskEither<StorageUnavailable, OverviewReport> {
    const { outbox, activity, relays, consumers } = this.ports;
    return pipe(
      TE.Do,
      TE.apS('outbox', outbox.stats()),
      TE.apS('activity', activity.recent()),
      TE.apS('relays', relays.look()),
      TE.apSW('consumers', TE.fromTask(consumers.statuses())),
    );
  }
}
