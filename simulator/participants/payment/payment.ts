import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ignore } from '../../../src/consumer-kit.ts';
import type { ConsumerDefinition, HandlerContext, ReceivedEvent } from '../../../src/consumer-kit.ts';
import { noteEffect } from '../note-effect.ts';
import type { EffectOrigin } from '../note-effect.ts';

export interface PaymentOptions {
  /** Consumer group; the name of the service unless told. */
  readonly group?: string | undefined;
  /** Share of orders whose payment is declined, 0 to 1. */
  readonly declineRatio: number;
  /** How long after its decision it tells the order service, milliseconds. */
  readonly handlingDelayMs: number;
  /** How long each of its effects takes, milliseconds; the transaction is open meanwhile. */
  readonly effectDelayMs?: number;
}

const NAME = 'payment';

/** The same orders are declined in every run and after every crash. */
export const isDeclined = (orderId: string, declineRatio: number): boolean =>
  createHash('sha256').update(orderId).digest().readUIntBE(0, 6) / 2 ** 48 < declineRatio;

const charge = async (event: ReceivedEvent<'OrderPlaced'>, { tx, callback }: HandlerContext, delayMs: number) => {
  const { orderId, payload } = event;
  const { amountMinor, currency } = payload.total;
  const paymentReference = `pay-${event.eventId}`;
  await tx.execute('INSERT INTO charges (order_id, payment_reference, amount_minor, currency) VALUES (?, ?, ?, ?)', [
    orderId,
    paymentReference,
    amountMinor,
    currency,
  ]);
  await noteEffect(tx, NAME, event, 'charge', `${amountMinor} ${currency}`);
  const body = { paymentReference, amount: payload.total };
  callback({ name: 'payment', method: 'POST', path: `/orders/${orderId}/payment`, body, delayMs });
};

const decline = async (event: ReceivedEvent<'OrderPlaced'>, { tx, callback }: HandlerContext, delayMs: number) => {
  await noteEffect(tx, NAME, event, 'decline', 'insufficient funds');
  const body = { reason: 'payment declined: insufficient funds' };
  callback({ name: 'cancellation', method: 'POST', path: `/orders/${event.orderId}/cancellation`, body, delayMs });
};

/** Money goes back once, whichever comes first: the refused payment or the cancellation of a paid order. */
const refund = async (origin: EffectOrigin, { tx }: HandlerContext, reason: string): Promise<void> => {
  const { affectedRows } = await tx.execute(
    "UPDATE charges SET status = 'refunded', refunded_at = NOW(6) WHERE order_id = ? AND status = 'charged'",
    [origin.orderId],
  );
  if (affectedRows > 0) await noteEffect(tx, NAME, origin, 'refund', reason);
};

/** Charges each order once and reports it; pays back what a cancelled order has paid. */
export const paymentConsumer = ({
  declineRatio,
  handlingDelayMs,
  effectDelayMs = 0,
  group,
}: PaymentOptions): ConsumerDefinition => ({
  name: NAME,
  group: group ?? NAME,
  migrations: join(import.meta.dirname, 'migrations'),
  handlers: {
    OrderPlaced: async (event, context) => {
      if (effectDelayMs > 0) await sleep(effectDelayMs);
      await (isDeclined(event.orderId, declineRatio)
        ? decline(event, context, handlingDelayMs)
        : charge(event, context, handlingDelayMs));
    },
    OrderCancelled: async (event, context) => {
      if (event.payload.refundDue !== null) await refund(event, context, 'the paid order was cancelled');
    },
    OrderPaid: ignore,
    OrderShipped: ignore,
    OrderDelivered: ignore,
  },
  onFinal: {
    payment: (refusal, context) => refund(refusal, context, `the payment was refused with HTTP ${refusal.status}`),
  },
});
