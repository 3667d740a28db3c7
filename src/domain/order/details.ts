import * as t from 'io-ts';

/**
 * What an order of any status may hold besides, by name; absent until an event brings it. Each is stored in a JSON column
 * of its name (`giftNote` in `gift_note`) and answered with the order, so a new one needs its migration and nothing else.
 */
export const orderDetails = {};

export const OrderDetails = t.partial(orderDetails, 'OrderDetails');
export type OrderDetails = {
  readonly [Name in keyof typeof orderDetails]?: t.TypeOf<(typeof orderDetails)[Name]>;
};
