import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { Money } from '../../../src/domain/order/values.ts';
import { amountText } from '../../../src/interfaces/cli/amount-text.ts';

describe('an amount for people', () => {
  for (const [amountMinor, currency, text] of [
    [900, 'EUR', '9.00 EUR'],
    [5, 'USD', '0.05 USD'],
    [900, 'JPY', '900 JPY'],
  ] as const)
    it(`is ${text} for ${amountMinor} of the smallest unit of ${currency}`, () => {
      const money = Money.decode({ amountMinor, currency });
      expect(E.isRight(money) && amountText(money.right)).to.equal(text);
    });
});
