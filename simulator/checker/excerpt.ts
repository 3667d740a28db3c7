import type { EvidenceIndex } from './evidence-index.ts';
import type { Evidence, Source } from './evidence.ts';
import type { ShardedName } from './spill/routes.ts';

/** What is told of some orders. It is kept when its shard is gone, so it must hold nothing else of the shard. */
export type Excerpt = Pick<Evidence, ShardedName>;

/** Nothing but what is told of some orders. */
export const excerptOf = (evidence: EvidenceIndex, orderIds: ReadonlySet<string>): Excerpt => {
  const ids = [...orderIds];
  const of = <Row>({ missing }: Source<Row>, rowsOf: (id: string) => readonly Row[] | undefined): Source<Row> => ({
    rows: ids.flatMap((id) => rowsOf(id) ?? []),
    missing,
  });
  const by = <Row extends { readonly orderId: string | null }>({ rows, missing }: Source<Row>): Source<Row> => ({
    rows: rows.filter(({ orderId }) => orderId !== null && orderIds.has(orderId)),
    missing,
  });
  const outbox = of(evidence.outbox, (id) => evidence.outboxByOrder.get(id));
  const skipped = of(evidence.skipped, (id) => evidence.skippedByOrder.get(id));
  const log = of(evidence.log, (id) => evidence.logByOrder.get(id));
  const events = new Set([
    ...[...outbox.rows, ...skipped.rows].map(({ eventId }) => eventId),
    ...log.rows.flatMap(({ headers }) => headers['ce_id'] ?? []),
  ]);
  const byEvent = <Row extends { readonly eventId: string | null }>({ rows, missing }: Source<Row>): Source<Row> => ({
    rows: rows.filter(({ eventId }) => eventId !== null && events.has(eventId)),
    missing,
  });
  return {
    history: by(evidence.history),
    orders: by(evidence.orders),
    outbox,
    skipped,
    attempts: byEvent(evidence.attempts),
    audit: byEvent(evidence.audit),
    quarantines: byEvent(evidence.quarantines),
    log,
    effects: of(evidence.effects, (id) => evidence.effectsByOrder.get(id)),
    inbox: of(evidence.inbox, (id) => evidence.inboxByOrder.get(id)),
    waiting: by(evidence.waiting),
    consumerOrders: by(evidence.consumerOrders),
    callbacks: by(evidence.callbacks),
  };
};

/** Excerpts of one run as one. */
export const joinExcerpts = (frame: Evidence, excerpts: readonly Excerpt[]): Evidence => {
  const all = <Row>(pick: (excerpt: Excerpt) => Source<Row>): Source<Row> => ({
    rows: excerpts.flatMap((excerpt) => pick(excerpt).rows),
    missing: pick(frame).missing,
  });
  return {
    ...frame,
    history: all(({ history }) => history),
    orders: all(({ orders }) => orders),
    outbox: all(({ outbox }) => outbox),
    skipped: all(({ skipped }) => skipped),
    attempts: all(({ attempts }) => attempts),
    audit: all(({ audit }) => audit),
    quarantines: all(({ quarantines }) => quarantines),
    log: all(({ log }) => log),
    effects: all(({ effects }) => effects),
    inbox: all(({ inbox }) => inbox),
    waiting: all(({ waiting }) => waiting),
    consumerOrders: all(({ consumerOrders }) => consumerOrders),
    callbacks: all(({ callbacks }) => callbacks),
  };
};
