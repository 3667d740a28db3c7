import * as E from 'fp-ts/lib/Either.js';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Clock } from '../../application/ports/clock.ts';
import type { OutboxQueries, OutboxStats } from '../../application/ports/outbox-queries.ts';

/** Scrapes within this time share one query. */
const CACHE_MS = 1_000;

/**
 * Gauges of the outbox, read from the database at scrape time. While the database cannot be asked they are
 * absent (not stale, not zero) and `orderly_outbox_readable` is 0.
 */
export const registerOutboxGauges = (registry: Registry, outbox: OutboxQueries, clock: Clock): void => {
  let asked: { readonly at: number; readonly stats: Promise<OutboxStats | undefined> } | undefined;

  const ask = async (): Promise<OutboxStats | undefined> => {
    const stats = await outbox.stats()();
    return E.isRight(stats) ? stats.right : undefined;
  };
  const stats = (): Promise<OutboxStats | undefined> => {
    const now = clock.monotonic();
    if (asked === undefined || now - asked.at >= CACHE_MS) asked = { at: now, stats: ask() };
    return asked.stats;
  };

  new Gauge({
    name: 'orderly_outbox_readable',
    help: '1 when the outbox could be read for this scrape.',
    registers: [registry],
    async collect() {
      this.set((await stats()) === undefined ? 0 : 1);
    },
  });
  new Gauge({
    name: 'orderly_outbox_events',
    help: 'Events not yet published, by state: pending (all), of these held and retrying; quarantined.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset();
      const now = await stats();
      if (now === undefined) return;
      for (const state of ['pending', 'held', 'retrying', 'quarantined'] as const) this.set({ state }, now[state]);
    },
  });
  new Gauge({
    name: 'orderly_outbox_oldest_pending_seconds',
    help: 'Age of the oldest pending event that nothing holds; 0 when there is none.',
    labelNames: [],
    registers: [registry],
    async collect() {
      const now = await stats();
      if (now === undefined) this.remove();
      else this.set((now.oldestPendingMs ?? 0) / 1_000);
    },
  });
};
