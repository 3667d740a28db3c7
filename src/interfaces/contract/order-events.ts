/** The events on the topic, with their codecs, as consumers import them. */
export { catalog } from '../../domain/order/events/catalog.ts';
export type { OrderEvent, OrderEventOf, OrderEventType } from '../../domain/order/events/catalog.ts';
