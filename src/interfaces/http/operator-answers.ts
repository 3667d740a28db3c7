import * as t from 'io-ts';
import { Money } from '../../domain/order/values.ts';
import { ConsumerStatus } from './consumer-answers.ts';

/*
 * What the operator's routes answer. Times are RFC 3339 UTC with microseconds, on the database's clock where it is not
 * said otherwise. Answers may gain fields.
 */

const textOrNull = t.union([t.string, t.null]);
const numberOrNull = t.union([t.number, t.null]);

const ofEvent = {
  eventId: t.string,
  orderId: t.string,
  sequence: t.number,
  type: t.string,
  version: t.number,
  attempts: t.number,
  lastError: textOrNull,
  createdAt: t.string,
};
const ofPresent = {
  /** Event ID of the earlier event of this order that it waits for. */
  heldBy: textOrNull,
  nextAttemptAt: textOrNull,
  publishedAt: textOrNull,
  partition: t.number,
  offset: numberOrNull,
};
const ofSkipped = {
  skippedAt: t.string,
  skippedBy: t.string,
  reason: t.string,
  replacementEventId: t.string,
};
const [pending, completed, quarantined, skipped] = [
  t.literal('PENDING'),
  t.literal('COMPLETED'),
  t.literal('QUARANTINED'),
  t.literal('SKIPPED'),
];
const PresentEvent = t.readonly(
  t.strict({ ...ofEvent, ...ofPresent, status: t.union([pending, completed, quarantined]) }),
  'OutboxEvent',
);
const SkippedEvent = t.readonly(t.strict({ ...ofEvent, ...ofSkipped, status: skipped }), 'SkippedEvent');

/** `GET /outbox`; `next` is where the next page begins. */
export const OutboxAnswer = t.readonly(
  t.strict({ events: t.readonlyArray(t.union([PresentEvent, SkippedEvent])), next: textOrNull }),
  'OutboxPage',
);

const Act = t.readonly(
  t.strict({
    at: t.string,
    actor: t.string,
    action: t.union([t.literal('redrive'), t.literal('skip'), t.literal('purge')]),
    eventId: textOrNull,
    reason: textOrNull,
  }),
  'Act',
);

const [released, notParked, notDone, unknown] = [
  t.literal('released'),
  t.literal('not-parked'),
  t.literal('not-done'),
  t.literal('unknown'),
];

/** What was asked of a consumer for one order. `unknown`: its answer never came, or was never noted. */
const ConsumerAct = t.readonly(
  t.strict({
    at: t.string,
    actor: t.string,
    action: t.literal('reprocess'),
    consumer: t.string,
    orderId: t.string,
    reason: textOrNull,
    outcome: t.union([released, notParked, notDone, unknown]),
    detail: textOrNull,
  }),
  'ConsumerAct',
);

/** `GET /audit`, the newest act first. */
export const AuditAnswer = t.readonly(
  t.strict({ acts: t.readonlyArray(t.union([Act, ConsumerAct])), next: textOrNull }),
  'Audit',
);

const detail = {
  /** By the clock of the process that raised it, as its record says. */
  occurredAt: t.string,
  payloadBytes: t.number,
  /** Names and values of all headers of its record, also of those that are made from its columns. */
  headersBytes: t.number,
  /** JSON text; what may tell of a person is masked unless the bytes are asked for. */
  payload: t.string,
  /** Those that travel with the event beside what its columns say. */
  headers: t.readonlyArray(t.readonly(t.strict({ name: t.string, value: t.string }))),
  history: t.readonlyArray(t.readonly(t.strict({ attempt: t.number, failedAt: t.string, error: t.string }))),
  /** What operators did to it. */
  audit: t.readonlyArray(Act),
};

/** `GET /outbox/{eventId}`. What a skipped event has and others have not, and the other way round, is optional here. */
export const EventAnswer = t.readonly(
  t.exact(
    t.intersection([
      t.type({ ...ofEvent, ...detail, status: t.union([pending, completed, quarantined, skipped]) }),
      t.partial({ ...ofPresent, ...ofSkipped }),
    ]),
  ),
  'OutboxEventDetail',
);

/** `POST /outbox/redrive` and `POST /outbox/skip` */
export const BulkAnswer = t.readonly(
  t.strict({
    /** True: nothing was changed. */
    dryRun: t.boolean,
    done: t.readonlyArray(t.readonly(t.strict({ eventId: t.string, replacementEventId: textOrNull }))),
    refused: t.readonlyArray(t.readonly(t.strict({ eventId: t.string, type: t.string, detail: t.string }))),
    /** More are selected than one request acts on: ask again for the others. */
    more: t.boolean,
  }),
  'BulkOutcome',
);

/** `GET /outbox/blocked`: what is held, and by whom. */
export const BlockedAnswer = t.readonly(
  t.strict({
    orders: t.readonlyArray(
      t.readonly(t.strict({ orderId: t.string, head: PresentEvent, heldEvents: t.number, since: t.string })),
    ),
    next: textOrNull,
  }),
  'BlockedOrders',
);

const stats = {
  pending: t.number,
  held: t.number,
  retrying: t.number,
  quarantined: t.number,
  completed: t.number,
  oldestPendingMs: numberOrNull,
};
const activity = {
  windowSeconds: t.number,
  ordersPerSecond: t.number,
  publishedPerSecond: t.number,
  publishDelayMs: t.union([
    t.readonly(t.strict({ p50: t.number, p95: t.number, p99: t.number, max: t.number })),
    t.null,
  ]),
  bucketSeconds: t.number,
  buckets: t.readonlyArray(
    t.readonly(t.strict({ at: t.number, orders: t.number, events: t.number, published: t.number })),
  ),
};
const OpenCircuit = t.readonly(t.strict({ lane: t.number, since: t.string, reason: t.string }));
/** One consumer: its status, or why that is not known. */
const Consumer = t.union(
  [
    t.readonly(t.strict({ consumer: t.string, status: ConsumerStatus })),
    t.readonly(t.strict({ consumer: t.string, unknown: t.string })),
  ],
  'Consumer',
);

/** `GET /overview` */
export const OverviewAnswer = t.readonly(
  t.strict({
    outbox: t.readonly(t.strict(stats)),
    activity: t.readonly(t.strict(activity)),
    relays: t.readonlyArray(
      t.readonly(
        t.strict({
          owner: t.string,
          joinedAt: t.string,
          lanes: t.readonlyArray(t.number),
          openCircuits: t.readonlyArray(OpenCircuit),
        }),
      ),
    ),
    lanes: t.readonlyArray(t.readonly(t.strict({ lane: t.number, owner: textOrNull, epoch: t.number }))),
    consumers: t.readonlyArray(Consumer),
  }),
  'Overview',
);

const progress = {
  lastSequence: t.number,
  /** How many events are stored and not yet applied. */
  waiting: t.number,
  /** Why the order is parked there; null when it is not. */
  parked: textOrNull,
};

/** `GET /orders/{orderId}/explanation` */
export const ExplanationAnswer = t.readonly(
  t.strict({
    order: t.readonly(
      t.strict({ orderId: t.string, status: t.string, version: t.number, placedAt: t.string, total: Money }),
    ),
    /** Events 1 to this were published, and purged since; 0: none. */
    purgedThrough: t.number,
    /** By sequence; a skipped event stands before its replacement. */
    events: t.readonlyArray(t.union([PresentEvent, SkippedEvent])),
    consumers: t.readonlyArray(
      t.union([
        t.readonly(t.strict({ consumer: t.string, progress: t.readonly(t.strict(progress)) })),
        t.readonly(t.strict({ consumer: t.string, unknown: t.string })),
      ]),
    ),
    /** What outbox and consumers know, by time; each time is of one database's clock. */
    timeline: t.readonlyArray(
      t.readonly(
        t.strict({
          at: t.string,
          sequence: t.number,
          event: t.string,
          what: t.string,
          detail: textOrNull,
          sinceStartMs: t.number,
          sincePreviousMs: t.number,
        }),
      ),
    ),
  }),
  'Explanation',
);
