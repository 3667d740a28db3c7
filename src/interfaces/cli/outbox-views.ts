import type {
  OutboxEntry,
  OutboxEntryDetail,
  OutboxStats,
  SkippedEntry,
  SkippedEntryDetail,
} from '../../application/ports/outbox-queries.ts';
import type { EventSize } from '../operator/event-size.ts';
import { renderPairs, renderTable } from './table.ts';
import { printable } from './terminal.ts';

export const shorten = (text: string | null, length: number): string | null =>
  text === null || text.length <= length ? text : `${text.slice(0, length - 1)}…`;

/** `2 ms`, `3.4 s`, `12 min`, `5.0 h` */
export const duration = (ms: number): string => {
  if (ms < 1_000) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${(ms / 60_000).toFixed(0)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
};

/** What an event waits for, or what became of it. */
export const standing = (entry: OutboxEntry | SkippedEntry): string => {
  switch (entry.status) {
    case 'COMPLETED':
      return `published at partition ${entry.partition}, offset ${entry.offset ?? 'unknown'}`;
    case 'QUARANTINED':
      return `quarantined after ${entry.attempts} attempts`;
    case 'PENDING':
      if (entry.heldBy !== null) return `held by ${entry.heldBy}`;
      return entry.attempts === 0
        ? 'waits for the relay'
        : `attempt ${entry.attempts} failed, next at ${entry.nextAttemptAt ?? 'once'}`;
    case 'SKIPPED':
      return `skipped by ${entry.skippedBy}, replaced by ${entry.replacementEventId}`;
  }
};

export const entriesView = ({
  events,
}: {
  readonly events: readonly (OutboxEntry | SkippedEntry)[];
}): readonly string[] =>
  renderTable(
    ['EVENT', 'ORDER', 'SEQ', 'TYPE', 'STATUS', 'TRIES', 'CREATED', 'STANDS', 'LAST ERROR'],
    events.map((entry) => [
      entry.eventId,
      entry.orderId,
      entry.sequence,
      entry.type,
      entry.status,
      entry.attempts,
      entry.createdAt,
      standing(entry),
      shorten(entry.lastError, 60),
    ]),
  );

const whatBecameOf = (entry: OutboxEntry | SkippedEntry): readonly (readonly [string, string | null])[] =>
  entry.status === 'SKIPPED'
    ? [
        ['skipped', entry.skippedAt],
        ['skipped by', entry.skippedBy],
        ['reason', entry.reason],
        ['replaced by', entry.replacementEventId],
      ]
    : [['published', entry.publishedAt]];

export const entryView = (entry: (OutboxEntryDetail | SkippedEntryDetail) & EventSize): readonly string[] => [
  ...renderPairs([
    ['event', entry.eventId],
    ['order', entry.orderId],
    ['sequence', entry.sequence],
    ['type', `${entry.type} version ${entry.version}`],
    ['status', entry.status],
    ['stands', standing(entry)],
    ['created', entry.createdAt],
    ['size', `${entry.payloadBytes} bytes of payload, ${entry.headersBytes} bytes of headers`],
    ...whatBecameOf(entry),
    ['last error', entry.lastError],
  ]),
  '',
  `payload  ${printable(entry.payload)}`,
  ...(entry.history.length === 0
    ? []
    : [
        '',
        ...renderTable(
          ['ATTEMPT', 'FAILED AT', 'ERROR'],
          entry.history.map((a) => [a.attempt, a.failedAt, a.error]),
        ),
      ]),
];

export const statsView = (stats: OutboxStats): readonly string[] =>
  renderPairs([
    ['pending', stats.pending],
    ['  of these held', stats.held],
    ['  of these retrying', stats.retrying],
    ['quarantined', stats.quarantined],
    ['completed', stats.completed],
    ['oldest pending', stats.oldestPendingMs === null ? null : duration(stats.oldestPendingMs)],
  ]);
