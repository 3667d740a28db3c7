import { counted } from '../counted.ts';
import { groupBy } from '../group-by.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { ClientOperation, OrderRow } from '../evidence.ts';
import { sequenceOf } from '../read-headers.ts';
import type { Invariant, Violation } from './invariant.ts';

type CommandKind = Exclude<ClientOperation['kind'], 'place' | 'change'>;
type Command = ClientOperation & { readonly kind: CommandKind };

const counts = (operations: readonly ClientOperation[], outcome: ClientOperation['outcome']): number =>
  operations.filter((operation) => operation.outcome === outcome).length;

const described = ({ kind, outcome, status }: ClientOperation): string =>
  `${kind} ended ${outcome} (${status === null ? 'no answer' : `status ${status}`})`;

/** Requests to place that bear one marker, against the orders that bear it. One marker is one request, unless a workload reuses it. */
const checkPlaced = (
  evidence: EvidenceIndex,
  marker: string,
  operations: readonly ClientOperation[],
): readonly Violation[] => {
  const orders = evidence.ordersByCustomer.get(marker) ?? [];
  const atLeast = counts(operations, 'ok');
  const atMost = atLeast + counts(operations, 'unknown');
  const orderId = orders[0]?.orderId ?? operations.find((operation) => operation.orderId !== null)?.orderId;
  const about = {
    orderId: orderId ?? undefined,
    expected: atLeast === atMost ? counted(atLeast, 'order') : `${atLeast} to ${atMost} orders`,
    seen: `${counted(orders.length, 'order')} of customer ${marker}; ${operations.map(described).join('; ')}`,
  };
  if (orders.length < atLeast)
    return [
      {
        ...about,
        summary: 'A client was told that its order is placed, and there is no such order.',
        absentFrom: ['orders'],
      },
    ];
  if (orders.length > atMost) return [{ ...about, summary: 'A request made more orders than its answers allow.' }];
  return operations.flatMap((operation): readonly Violation[] => {
    if (operation.outcome !== 'ok' || operation.orderId === null) return [];
    const order = orders.find((candidate) => candidate.orderId === operation.orderId);
    if (order !== undefined && (operation.totalMinor ?? order.totalMinor) === order.totalMinor) return [];
    return [
      {
        summary: 'The order a client was told of is not the one that was stored.',
        orderId: operation.orderId,
        expected: `customer ${marker}, total ${operation.totalMinor ?? 'any'}`,
        seen: order === undefined ? 'no such order of that customer' : `total ${order.totalMinor}`,
        absentFrom: ['orders'],
      },
    ];
  });
};

const markerIn = (order: OrderRow, kind: CommandKind): string | null => {
  switch (kind) {
    case 'pay':
      return order.paymentReference;
    case 'ship':
      return order.trackingNumber;
    case 'deliver':
      return order.receivedBy;
    case 'cancel':
      return order.cancelReason;
  }
};

const checkCommand = (evidence: EvidenceIndex, operation: Command): readonly Violation[] => {
  if (operation.orderId === null) return [];
  const order = evidence.orderById.get(operation.orderId);
  const took = order !== undefined && markerIn(order, operation.kind) === operation.marker;
  const about = {
    orderId: operation.orderId,
    seen: `${described(operation)}; the order ${took ? 'bears' : 'does not bear'} "${operation.marker}"`,
  };
  if (operation.outcome === 'ok' && !took)
    return [
      {
        ...about,
        summary: `A client was told that its request to ${operation.kind} was done, and it was not.`,
        expected: 'the request in effect',
        absentFrom: ['orders'],
      },
    ];
  if (operation.outcome === 'fail' && took)
    return [
      {
        ...about,
        summary: `A client was told that its request to ${operation.kind} was refused, and it was done.`,
        expected: 'the request without effect',
      },
    ];
  return [];
};

const isCommand = (operation: ClientOperation): operation is Command =>
  operation.kind !== 'place' && operation.kind !== 'change';

/** How many events of a type an order has, wherever they are by now: one that was published may be purged. */
const eventsOf = (evidence: EvidenceIndex, orderId: string, type: string): number => {
  const committed = [
    ...(evidence.outboxByOrder.get(orderId) ?? []),
    ...(evidence.skippedByOrder.get(orderId) ?? []),
  ].filter((row) => row.type === type);
  const published = (evidence.logByOrder.get(orderId) ?? []).filter(({ headers }) => headers['ce_type'] === type);
  return new Set([
    ...committed.map(({ sequence }) => sequence),
    ...published.flatMap(({ headers }) => sequenceOf(headers) ?? []),
  ]).size;
};

/** Requests that change one order by the same type of event, against the events that it has. */
const checkChanged = (
  evidence: EvidenceIndex,
  orderId: string,
  type: string,
  operations: readonly ClientOperation[],
): readonly Violation[] => {
  const events = eventsOf(evidence, orderId, type);
  const atLeast = counts(operations, 'ok');
  const atMost = atLeast + counts(operations, 'unknown');
  const about = {
    orderId,
    expected: atLeast === atMost ? counted(atLeast, 'event') : `${atLeast} to ${atMost} events`,
    seen: `${counted(events, 'event')} of type ${type}; ${operations.map(described).join('; ')}`,
  };
  if (events < atLeast)
    return [
      {
        ...about,
        summary: 'A client was told that its order is changed, and there is no such event.',
        absentFrom: ['outbox', 'skipped', 'log'],
      },
    ];
  return events > atMost
    ? [{ ...about, summary: 'A request changed an order more often than its answers allow.' }]
    : [];
};

const checkChanges = (evidence: EvidenceIndex): readonly Violation[] => {
  const changes = evidence.history.rows.filter(({ kind }) => kind === 'change');
  return [...groupBy(changes, ({ orderId, marker }) => `${marker} ${orderId ?? ''}`).values()].flatMap((operations) => {
    const [first] = operations;
    return first === undefined || first.orderId === null
      ? []
      : checkChanged(evidence, first.orderId, first.marker, operations);
  });
};

export const clientAnswers: Invariant = {
  id: 2,
  name: 'A 2xx answer means exactly one order, a 4xx none, no answer none or one',
  needs: ['history', 'orders'],
  whenNothingToCheck: 'unknown',
  check: (evidence) => {
    const placed = new Map<string, ClientOperation[]>();
    for (const operation of evidence.history.rows) {
      if (operation.kind !== 'place') continue;
      placed.set(operation.marker, [...(placed.get(operation.marker) ?? []), operation]);
    }
    const unasked = evidence.orders.rows.filter(({ customerId }) => !placed.has(customerId));
    return {
      checked: evidence.history.rows.length,
      violations: [
        ...[...placed].flatMap(([marker, operations]) => checkPlaced(evidence, marker, operations)),
        ...evidence.history.rows.filter(isCommand).flatMap((operation) => checkCommand(evidence, operation)),
        ...checkChanges(evidence),
        ...unasked.map((order): Violation => ({
          summary: 'There is an order that no client asked for.',
          orderId: order.orderId,
          expected: 'a request in the history',
          seen: `none for customer ${order.customerId}`,
          absentFrom: ['history'],
        })),
      ],
    };
  },
};
