import { join } from 'node:path';
import { ignore } from '../../../src/consumer-kit.ts';
import type { ConsumerDefinition, HandlerContext, ReceivedEvent, Refusal } from '../../../src/consumer-kit.ts';
import { noteEffect } from '../note-effect.ts';

export interface ShippingOptions {
  /** Consumer group; the name of the service unless told. */
  readonly group?: string | undefined;
  /** How long packing takes, and then the way to the customer, milliseconds each. */
  readonly handlingDelayMs: number;
}

const NAME = 'shipping';
const CARRIER = 'Swift Parcel';

const ship = async (event: ReceivedEvent<'OrderPaid'>, { tx, callback }: HandlerContext, delayMs: number) => {
  const { orderId } = event;
  const trackingNumber = `trk-${event.eventId}`;
  await tx.execute('INSERT INTO shipments (order_id, carrier, tracking_number) VALUES (?, ?, ?)', [
    orderId,
    CARRIER,
    trackingNumber,
  ]);
  await noteEffect(tx, NAME, event, 'shipment', trackingNumber);
  const body = { carrier: CARRIER, trackingNumber };
  callback({ name: 'shipment', method: 'POST', path: `/orders/${orderId}/shipment`, body, delayMs });
};

const deliver = async (event: ReceivedEvent<'OrderShipped'>, { tx, callback }: HandlerContext, delayMs: number) => {
  const { orderId } = event;
  const receivedBy = 'the front desk';
  await tx.execute(
    'INSERT INTO deliveries (order_id, received_by, deliver_at) VALUES (?, ?, NOW(6) + INTERVAL ? MICROSECOND)',
    [orderId, receivedBy, delayMs * 1_000],
  );
  await noteEffect(tx, NAME, event, 'delivery', receivedBy);
  callback({ name: 'delivery', method: 'POST', path: `/orders/${orderId}/delivery`, body: { receivedBy }, delayMs });
};

/** The order was cancelled while its parcel was being packed: the parcel comes back. */
const recall = async (refusal: Refusal, { tx }: HandlerContext): Promise<void> => {
  const { affectedRows } = await tx.execute(
    "UPDATE shipments SET status = 'recalled', recalled_at = NOW(6) WHERE order_id = ? AND status = 'sent'",
    [refusal.orderId],
  );
  if (affectedRows > 0) await noteEffect(tx, NAME, refusal, 'recall', `refused with HTTP ${refusal.status}`);
};

/** Ships each paid order once, reports it, and later reports that it has arrived. */
export const shippingConsumer = ({ handlingDelayMs, group }: ShippingOptions): ConsumerDefinition => ({
  name: NAME,
  group: group ?? NAME,
  migrations: join(import.meta.dirname, 'migrations'),
  handlers: {
    OrderPaid: (event, context) => ship(event, context, handlingDelayMs),
    OrderShipped: (event, context) => deliver(event, context, handlingDelayMs),
    OrderPlaced: ignore,
    OrderDelivered: ignore,
    OrderCancelled: ignore,
  },
  onFinal: { shipment: recall },
});
