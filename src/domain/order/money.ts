import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import { MinorUnits } from './values.ts';
import type { Currency, Money, OrderLine, OrderLines } from './values.ts';

export type MoneyError =
  | { readonly _tag: 'MixedCurrencies'; readonly currencies: readonly Currency[] }
  | { readonly _tag: 'AmountTooLarge'; readonly maxMinor: number };

/*
 * Amounts are never negative, so a sum never shrinks. Each product and each partial sum is exact as long as it is a
 * safe integer, and one whose true value lies beyond 2^53 − 1 rounds to a number that is beyond it too. So checking the
 * last sum checks all of them.
 */
const checked = (amountMinor: number, currency: Currency): Either<MoneyError, Money> =>
  MinorUnits.is(amountMinor)
    ? E.right({ amountMinor, currency })
    : E.left({ _tag: 'AmountTooLarge', maxMinor: Number.MAX_SAFE_INTEGER });

export const equalMoney = (a: Money, b: Money): boolean => a.amountMinor === b.amountMinor && a.currency === b.currency;

const amountOf = ({ unitPrice, quantity }: OrderLine): number => unitPrice.amountMinor * quantity;

const currencyOf = (lines: OrderLines): Either<MoneyError, Currency> => {
  const currencies = [...new Set(lines.map((line) => line.unitPrice.currency))];
  const [currency, ...others] = currencies;
  return currency !== undefined && others.length === 0
    ? E.right(currency)
    : E.left({ _tag: 'MixedCurrencies', currencies });
};

/** Sum of quantity × unit price over all lines. Every currency met is named when there is more than one. */
export const totalOf = (lines: OrderLines): Either<MoneyError, Money> =>
  pipe(
    currencyOf(lines),
    E.flatMap((currency) =>
      checked(
        lines.reduce((sum, line) => sum + amountOf(line), 0),
        currency,
      ),
    ),
  );
