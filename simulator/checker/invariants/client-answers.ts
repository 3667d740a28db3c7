import { counted } from '../counted.ts';
import type { EvidenceIndex } from '../evidence-index.ts';
import type { ClientOperation, OrderRow } from '../evidence.ts';
import type { Invariant, Violation } from './invariant.ts';

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

const markerIn = (order: OrderRow, kind: Exclude<ClientOperation['kind'], 'place'>): string | null => {
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

const checkCommand = (
  evidence: EvidenceIndex,
  operation: ClientOperation & { readonly kind: Exclude<ClientOperation['kind'], 'place'> },
): readonly Violation[] => {
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

const isCommand = (
  operation: ClientOperation,
): operation is ClientOperation & { readonly kind: Exclude<ClientOperation['kind'], 'place'> } =>
  operation.kind !== 'place';

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
