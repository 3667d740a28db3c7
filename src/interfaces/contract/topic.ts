/** Topic of the order events. Environment `ORDER_TOPIC` may name another one, as tests do. */
export const ORDER_EVENTS_TOPIC = 'orders.events.v1';

/** Type of the event that takes the place of one an operator has skipped: same order, same sequence, new event ID. */
export const EVENT_SKIPPED = 'EventSkipped';
