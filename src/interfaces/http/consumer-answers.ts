import * as t from 'io-ts';

/*
 * What the routes under `/consumers` answer. Times are RFC 3339 UTC with microseconds, on the clock of the consumer's
 * database. Answers may gain fields.
 */

const textOrNull = t.union([t.string, t.null]);

export const ConsumerStatus = t.readonly(
  t.strict({
    group: t.string,
    joined: t.boolean,
    failure: textOrNull,
    lag: t.number,
    pausedPartitions: t.number,
    parkedOrders: t.number,
    parkedRecords: t.number,
    gapOrders: t.number,
    waitingEvents: t.number,
    pendingCallbacks: t.number,
  }),
);

/** `GET /consumers`, each with its status, or why that is not known. */
export const ConsumersAnswer = t.readonly(
  t.strict({
    consumers: t.readonlyArray(
      t.readonly(
        t.strict({
          consumer: t.string,
          status: t.union([ConsumerStatus, t.null]),
          unknown: textOrNull,
          /** Whether there is a token here to re-process what it has parked. */
          mayReprocess: t.boolean,
        }),
      ),
    ),
  }),
  'Consumers',
);

/** `GET /consumers/{consumer}/parked`, the one that is parked for longest first; `next` is where the next page begins. */
export const ParkedAnswer = t.readonly(
  t.strict({
    consumer: t.string,
    orders: t.readonlyArray(
      t.readonly(
        t.strict({
          orderId: t.string,
          /** The kind of what went wrong; null when the consumer kept none, or one that this release does not know. */
          cause: textOrNull,
          error: t.string,
          since: t.string,
          /** The event that parked it. */
          event: t.union([
            t.readonly(t.strict({ eventId: t.string, sequence: t.union([t.number, t.null]), type: textOrNull })),
            t.null,
          ]),
          /** Events that are stored behind it, counted up to 1,000. */
          behind: t.number,
        }),
      ),
    ),
    next: textOrNull,
  }),
  'ParkedOrders',
);

/** `POST /consumers/{consumer}/parked/{orderId}/reprocess` */
export const ReprocessOneAnswer = t.readonly(
  t.strict({ consumer: t.string, orderId: t.string, released: t.literal(true) }),
  'ReprocessedOrder',
);

/** `POST /consumers/{consumer}/parked/reprocess` */
export const ReprocessManyAnswer = t.readonly(
  t.strict({
    /** True: nothing was changed. */
    dryRun: t.boolean,
    done: t.readonlyArray(t.readonly(t.strict({ orderId: t.string }))),
    refused: t.readonlyArray(t.readonly(t.strict({ orderId: t.string, type: t.string, detail: t.string }))),
    /** More are selected than one request re-processes: ask again for the others. */
    more: t.boolean,
  }),
  'ReprocessedOrders',
);
