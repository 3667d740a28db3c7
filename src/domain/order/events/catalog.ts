import type { EventOf } from '../../define-event.ts';
import { OrderCancelled } from './order-cancelled.ts';
import { OrderDelivered } from './order-delivered.ts';
import { OrderPaid } from './order-paid.ts';
import { OrderPlaced } from './order-placed.ts';
import { OrderShipped } from './order-shipped.ts';

/** Every event an order can raise. All else (types, codecs, schemas, documents) derives from this record. */
export const catalog = { OrderPlaced, OrderPaid, OrderShipped, OrderDelivered, OrderCancelled } as const;

type Catalog = typeof catalog;
export type OrderEventType = keyof Catalog;
export type OrderEventOf<Type extends OrderEventType> = EventOf<Catalog[Type]>;
export type OrderEvent = { [Type in OrderEventType]: OrderEventOf<Type> }[OrderEventType];
