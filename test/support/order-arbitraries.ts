import fc from 'fast-check';
import type * as t from 'io-ts';
import type { OrderCommand, OrderCommandType } from '../../src/domain/order/commands.ts';
import {
  Currency,
  CustomerId,
  Instant,
  MinorUnits,
  OrderId,
  OrderLines,
  Quantity,
  ShortText,
  Sku,
} from '../../src/domain/order/values.ts';
import type * as values from '../../src/domain/order/values.ts';
import type { OrderLine, Money } from '../../src/domain/order/values.ts';
import { anyText } from './any-text.ts';
import { decoded } from './decoded.ts';
import { orderId } from './order-samples.ts';

/* Random values that pass their codecs, the far ends included. */

const line = anyText(12).filter((text) => Sku.is(text));

const currency: fc.Arbitrary<Currency> = fc
  .constantFrom('EUR', 'USD', 'JPY', 'KWD')
  .map((code) => decoded(Currency, code));

const minorUnits = (max: number): fc.Arbitrary<MinorUnits> =>
  fc.nat({ max }).map((amount) => decoded(MinorUnits, amount));
const anyMinorUnits: fc.Arbitrary<MinorUnits> = fc
  .oneof(fc.nat({ max: 1_000_000 }), fc.maxSafeNat())
  .map((amount) => decoded(MinorUnits, amount));

const anyMoney: fc.Arbitrary<Money> = fc.record({ amountMinor: anyMinorUnits, currency });

const sku = line.map((text) => decoded(Sku, text));
const quantity = fc
  .oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 100_000 }))
  .map((n) => decoded(Quantity, n));
const lineOf = (prices: fc.Arbitrary<Money>): fc.Arbitrary<OrderLine> =>
  fc.record({ sku, quantity, unitPrice: prices });
const linesOf = (prices: fc.Arbitrary<Money>): fc.Arbitrary<OrderLines> =>
  fc.array(lineOf(prices), { minLength: 1, maxLength: 6 }).map((lines) => decoded(OrderLines, lines));

/** Lines of one currency whose sum always is an exact amount. */
export const payableLines: fc.Arbitrary<OrderLines> = currency.chain((one) =>
  linesOf(minorUnits(10_000_000_000).map((amountMinor) => ({ amountMinor, currency: one }))),
);

/** Any lines: often of several currencies or too large to sum. */
export const anyLines: fc.Arbitrary<OrderLines> = fc.oneof(
  payableLines,
  currency.chain((one) => linesOf(anyMinorUnits.map((amountMinor) => ({ amountMinor, currency: one })))),
  linesOf(anyMoney),
);

/** A value of each kind that a field can hold; a codec without a key here does not compile. */
export const anyValue: { readonly [Name in keyof typeof values]: fc.Arbitrary<t.TypeOf<(typeof values)[Name]>> } = {
  OrderId: fc.uuid({ version: 7 }).map((id) => decoded(OrderId, id)),
  CustomerId: line.map((text) => decoded(CustomerId, text)),
  Sku: sku,
  ShortText: line.map((text) => decoded(ShortText, text)),
  Quantity: quantity,
  MinorUnits: anyMinorUnits,
  Currency: currency,
  Instant: fc
    .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
    .map((date) => decoded(Instant, date.toISOString())),
  Money: anyMoney,
  OrderLine: lineOf(anyMoney),
  OrderLines: anyLines,
};

const stamped = { orderId: fc.constant(orderId), at: anyValue.Instant };

export const placeOrder = (lines: fc.Arbitrary<OrderLines>): fc.Arbitrary<OrderCommand<'PlaceOrder'>> =>
  fc.record({ type: fc.constant('PlaceOrder' as const), ...stamped, customerId: anyValue.CustomerId, lines });

type Weighted<A> = { readonly weight: number; readonly arbitrary: fc.Arbitrary<A> };

/** How often each command comes, and what it says; one without a key here does not compile. */
const commandsFor = (total: Money): { readonly [Type in OrderCommandType]: Weighted<OrderCommand<Type>> } => ({
  PlaceOrder: { weight: 1, arbitrary: placeOrder(anyLines) },
  PayOrder: {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('PayOrder' as const),
      ...stamped,
      paymentReference: anyValue.ShortText,
      amount: fc.oneof({ weight: 4, arbitrary: fc.constant(total) }, anyMoney),
    }),
  },
  ShipOrder: {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('ShipOrder' as const),
      ...stamped,
      carrier: anyValue.ShortText,
      trackingNumber: anyValue.ShortText,
    }),
  },
  DeliverOrder: {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('DeliverOrder' as const), ...stamped, receivedBy: anyValue.ShortText }),
  },
  CancelOrder: {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('CancelOrder' as const), ...stamped, reason: anyValue.ShortText }),
  },
});

/** Commands for an order of the given total: most payments are right, some are not. */
export const anyCommand = (total: Money): fc.Arbitrary<OrderCommand> =>
  fc.oneof(...Object.values<Weighted<OrderCommand>>(commandsFor(total)));
