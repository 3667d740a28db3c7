import { requestExamples } from '../../src/interfaces/contract/http.ts';
import type { OrderEventType } from '../../src/interfaces/contract/order-events.ts';

/** A change that the clients ask for, of some orders on their way. */
export interface ChangeRequest {
  /** As in the OpenAPI document: `/orders/{orderId}/…` */
  readonly path: string;
  /** The event by which it shows that it was done; no other request raises it. */
  readonly raises: OrderEventType;
  readonly body: unknown;
}

type Request =
  | { readonly path: string; readonly by: 'plan' | 'payment' | 'shipping' }
  | { readonly path: string; readonly by: 'clients'; readonly raises: OrderEventType };

/**
 * Every kind of request that changes an order, and who makes it in a run: `plan` – those that the plan of the workload has
 * by name; a consumer – by its callbacks; `clients` – some orders, at some time, with the example of the contract as body. One
 * without a key here does not compile, so that no command is left out of the runs.
 */
export const requests: { readonly [Name in keyof typeof requestExamples]: Request } = {
  PlaceOrder: { path: '/orders', by: 'plan' },
  Payment: { path: '/orders/{orderId}/payment', by: 'payment' },
  Shipment: { path: '/orders/{orderId}/shipment', by: 'shipping' },
  Delivery: { path: '/orders/{orderId}/delivery', by: 'shipping' },
  Cancellation: { path: '/orders/{orderId}/cancellation', by: 'plan' },
};

const bodies = new Map<string, unknown>(Object.entries(requestExamples));

/** Those that the clients make. */
export const changeRequests: readonly ChangeRequest[] = Object.entries(requests).flatMap(([name, request]) =>
  request.by === 'clients' ? [{ path: request.path, raises: request.raises, body: bodies.get(name) }] : [],
);
