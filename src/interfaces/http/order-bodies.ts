import * as t from 'io-ts';
import { CustomerId, Money, OrderLines, ShortText } from '../../domain/order/values.ts';
import { closed } from '../contract/closed.ts';

/** Bodies of the requests that change orders; fields they do not know are refused. Money in whole minor units. */

export const PlaceOrderBody = closed(t.strict({ customerId: CustomerId, lines: OrderLines }, 'PlaceOrderBody'));
export const PaymentBody = closed(t.strict({ paymentReference: ShortText, amount: Money }, 'PaymentBody'));
export const ShipmentBody = closed(t.strict({ carrier: ShortText, trackingNumber: ShortText }, 'ShipmentBody'));
export const DeliveryBody = closed(t.strict({ receivedBy: ShortText }, 'DeliveryBody'));
export const CancellationBody = closed(t.strict({ reason: ShortText }, 'CancellationBody'));
