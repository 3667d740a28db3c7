import type * as t from 'io-ts';
import type { DomainEvent } from '../../define-event.ts';
import { OrderCancelled } from './order-cancelled.ts';
import { OrderDelivered } from './order-delivered.ts';
import { OrderPaid } from './order-paid.ts';
import { OrderPlaced } from './order-placed.ts';
import { OrderShipped } from './order-shipped.ts';

/** Every event an order can raise. All else (types, codecs, schemas, documents) derives from this record. */
export const catalog = { OrderPlaced, OrderPaid, OrderShipped, OrderDelivered, OrderCancelled } as const;

type Catalog = typeof catalog;
export type OrderEventType = keyof Catalog;
export type OrderEventPayload = { readonly [Type in OrderEventType]: t.TypeOf<Catalog[Type]['payload']> };

/** `OrderEvent` is any of them, `OrderEvent<'OrderPaid'>` that one. */
export type OrderEvent<Type extends OrderEventType = OrderEventType> = {
  [Each in Type]: DomainEvent<Each, OrderEventPayload[Each]>;
}[Type];

export const isOrderEventType = (type: string): type is OrderEventType => Object.hasOwn(catalog, type);
