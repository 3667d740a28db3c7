import * as t from 'io-ts';
import type { RowOf, ShardedName } from './routes.ts';

const text = t.string;
const num = t.number;
const textOrNull = t.union([t.string, t.null]);
const numOrNull = t.union([t.number, t.null]);
const texts = t.record(t.string, t.string);

const committed = {
  eventId: text,
  orderId: text,
  sequence: num,
  type: text,
  version: num,
  occurredAt: num,
  payloadSha256: text,
  payloadBytes: num,
  headers: t.union([texts, t.null]),
  attempts: num,
  lastError: textOrNull,
  createdAt: num,
};

const rows = {
  history: t.type({
    index: num,
    kind: t.keyof({ place: null, pay: null, ship: null, deliver: null, cancel: null, change: null }),
    idempotencyKey: text,
    orderId: textOrNull,
    marker: text,
    invokedAt: num,
    completedAt: num,
    sent: num,
    outcome: t.keyof({ ok: null, fail: null, unknown: null }),
    status: numOrNull,
    totalMinor: numOrNull,
  }),
  orders: t.type({
    orderId: text,
    version: num,
    status: text,
    customerId: text,
    totalMinor: num,
    paidMinor: numOrNull,
    paymentReference: textOrNull,
    trackingNumber: textOrNull,
    receivedBy: textOrNull,
    cancelReason: textOrNull,
    placedAt: num,
  }),
  outbox: t.type({
    ...committed,
    id: num,
    status: t.keyof({ PENDING: null, COMPLETED: null, QUARANTINED: null }),
    nextAttemptAt: numOrNull,
    heldBy: numOrNull,
    publishedAt: numOrNull,
    partition: num,
    offset: numOrNull,
  }),
  skipped: t.type({ ...committed, skippedAt: num, skippedBy: text, reason: text, replacementEventId: text }),
  attempts: t.type({ id: num, eventId: text, attempt: num, failedAt: num, error: text }),
  audit: t.type({
    id: num,
    at: num,
    actor: text,
    action: t.keyof({ redrive: null, skip: null, purge: null }),
    eventId: textOrNull,
    reason: textOrNull,
  }),
  quarantines: t.type({ eventId: text, firstSeenAt: num, lastSeenAt: num }),
  log: t.type({
    partition: num,
    offset: num,
    appendedAt: num,
    key: textOrNull,
    valueSha256: textOrNull,
    valueBytes: num,
    headers: texts,
  }),
  effects: t.type({
    id: num,
    consumer: text,
    eventId: text,
    orderId: text,
    sequence: num,
    kind: text,
    appliedAt: num,
    detail: textOrNull,
  }),
  inbox: t.type({ consumer: text, eventId: text, orderId: text, sequence: num, skipped: t.boolean, appliedAt: num }),
  waiting: t.type({ consumer: text, eventId: text, orderId: text, sequence: num }),
  consumerOrders: t.type({
    consumer: text,
    orderId: text,
    lastSequence: num,
    baselineSequence: numOrNull,
    parkedReason: textOrNull,
  }),
  callbacks: t.type({
    consumer: text,
    eventId: text,
    orderId: text,
    name: text,
    status: t.keyof({ pending: null, delivered: null, refused: null }),
    answerStatus: numOrNull,
    createdAt: num,
    finishedAt: numOrNull,
  }),
};

/** Tells whether what was read back from disk is a row. */
export const guards: { readonly [Name in ShardedName]: (value: unknown) => value is RowOf<Name> } = {
  history: (value) => rows.history.is(value),
  orders: (value) => rows.orders.is(value),
  outbox: (value) => rows.outbox.is(value),
  skipped: (value) => rows.skipped.is(value),
  attempts: (value) => rows.attempts.is(value),
  audit: (value) => rows.audit.is(value),
  quarantines: (value) => rows.quarantines.is(value),
  log: (value) => rows.log.is(value),
  effects: (value) => rows.effects.is(value),
  inbox: (value) => rows.inbox.is(value),
  waiting: (value) => rows.waiting.is(value),
  consumerOrders: (value) => rows.consumerOrders.is(value),
  callbacks: (value) => rows.callbacks.is(value),
};
