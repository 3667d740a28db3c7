import * as t from 'io-ts';

/** Body of `GET /progress/:orderId`, as the outside reads it. */
export const OrderProgressView = t.strict({
  consumer: t.string,
  orderId: t.string,
  lastSequence: t.number,
  applied: t.array(t.strict({ sequence: t.number, eventId: t.string, type: t.string, appliedAt: t.string })),
  waiting: t.array(t.strict({ sequence: t.number, eventId: t.string, type: t.string, storedAt: t.string })),
  parked: t.union([t.null, t.strict({ reason: t.string, eventId: t.union([t.string, t.null]), parkedAt: t.string })]),
  baseline: t.union([t.null, t.strict({ sequence: t.number, because: t.string })]),
  callbacks: t.array(
    t.strict({ name: t.string, status: t.string, attempts: t.number, lastError: t.union([t.string, t.null]) }),
  ),
});
export type OrderProgressView = t.TypeOf<typeof OrderProgressView>;
