import { Currency, CustomerId, Money, OrderLines } from '../../src/domain/order/values.ts';
import { decoded } from '../support/decoded.ts';
import { given } from '../support/given-order.ts';
import { at, commands, events, orderId, reason, total } from '../support/order-samples.ts';

const lines = (
  ...prices: readonly (readonly [quantity: number, amountMinor: number, currency: string])[]
): OrderLines =>
  decoded(
    OrderLines,
    prices.map(([quantity, amountMinor, currency]) => ({ sku: 'TEA', quantity, unitPrice: { amountMinor, currency } })),
  );

describe('placing an order', () => {
  const customerId = decoded(CustomerId, 'customer-1');

  it('given lines of one currency / when placed / then the total is the sum of quantity × unit price', () => {
    const ordered = lines([2, 1250, 'JPY'], [3, 7, 'JPY'], [1, 0, 'JPY']);
    given()
      .when({ type: 'PlaceOrder', orderId, at: at.later, customerId, lines: ordered })
      .then({
        type: 'OrderPlaced',
        occurredAt: at.later,
        payload: { customerId, lines: ordered, total: decoded(Money, { amountMinor: 2521, currency: 'JPY' }) },
      });
  });

  it('given lines of several currencies / when placed / then MixedCurrencies names each once', () => {
    const ordered = lines([1, 1, 'EUR'], [1, 1, 'USD'], [1, 1, 'EUR'], [1, 1, 'CHF']);
    given()
      .when({ type: 'PlaceOrder', orderId, at: at.later, customerId, lines: ordered })
      .thenRefused({
        _tag: 'MixedCurrencies',
        orderId,
        currencies: ['EUR', 'USD', 'CHF'].map((code) => decoded(Currency, code)),
      });
  });

  const tooLarge = { _tag: 'OrderTotalTooLarge', orderId, maxMinor: Number.MAX_SAFE_INTEGER } as const;

  it('given one line beyond the largest exact amount / when placed / then OrderTotalTooLarge', () => {
    given()
      .when({ ...commands.PlaceOrder, lines: lines([2, 2 ** 52, 'EUR']) })
      .thenRefused(tooLarge);
  });

  it('given lines whose sum passes the largest exact amount by one / when placed / then OrderTotalTooLarge', () => {
    given()
      .when({ ...commands.PlaceOrder, lines: lines([1, Number.MAX_SAFE_INTEGER, 'EUR'], [1, 1, 'EUR']) })
      .thenRefused(tooLarge);
  });

  it('given a total of exactly the largest amount / when placed / then it is placed', () => {
    const ordered = lines([1, Number.MAX_SAFE_INTEGER - 1, 'EUR'], [1, 1, 'EUR']);
    given()
      .when({ ...commands.PlaceOrder, lines: ordered })
      .then({
        type: 'OrderPlaced',
        occurredAt: at.later,
        payload: {
          customerId: commands.PlaceOrder.customerId,
          lines: ordered,
          total: decoded(Money, { amountMinor: Number.MAX_SAFE_INTEGER, currency: 'EUR' }),
        },
      });
  });
});

describe('paying an order', () => {
  const offers: readonly (readonly [what: string, offered: Money])[] = [
    ['one unit less', decoded(Money, { amountMinor: total.amountMinor - 1, currency: 'EUR' })],
    ['one unit more', decoded(Money, { amountMinor: total.amountMinor + 1, currency: 'EUR' })],
    ['the same number in another currency', decoded(Money, { amountMinor: total.amountMinor, currency: 'USD' })],
  ];
  for (const [what, offered] of offers) {
    it(`given a placed order / when paid with ${what} / then PaymentAmountMismatch`, () => {
      given(events.OrderPlaced)
        .when({ ...commands.PayOrder, amount: offered })
        .thenRefused({ _tag: 'PaymentAmountMismatch', orderId, due: total, offered });
    });
  }

  it('given a paid order / when paid again with a wrong amount / then it is OrderAlreadyPaid all the same', () => {
    given(events.OrderPlaced, events.OrderPaid)
      .when({ ...commands.PayOrder, amount: decoded(Money, { amountMinor: 1, currency: 'EUR' }) })
      .thenRefused({ _tag: 'OrderAlreadyPaid', orderId, paidAt: at.paid });
  });
});

describe('cancelling an order', () => {
  it('given a placed order / when cancelled / then nothing is due back', () => {
    given(events.OrderPlaced)
      .when(commands.CancelOrder)
      .then({ type: 'OrderCancelled', occurredAt: at.later, payload: { reason, refundDue: null } });
  });

  it('given a paid order / when cancelled / then what was paid is due back', () => {
    given(events.OrderPlaced, events.OrderPaid)
      .when(commands.CancelOrder)
      .then({ type: 'OrderCancelled', occurredAt: at.later, payload: { reason, refundDue: total } });
  });
});
