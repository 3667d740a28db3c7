/** The events on the topic, with their codecs, as consumers import them. */
export { catalog } from '../../domain/order/events/catalog.ts';
export type { OrderEvent, OrderEventPayload, OrderEventType } from '../../domain/order/events/catalog.ts';
