import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { totalOf } from '../../src/domain/order/money.ts';
import { OrderLines } from '../../src/domain/order/values.ts';
import { decoded } from '../support/decoded.ts';
import { anyLines } from '../support/order-arbitraries.ts';

/** The sum in exact arithmetic. */
const exactTotal = (lines: OrderLines): bigint =>
  lines.reduce((sum, line) => sum + BigInt(line.quantity) * BigInt(line.unitPrice.amountMinor), 0n);

describe('the total of an order', () => {
  it('is exact to the unit, or refused: mixed currencies first, then amounts beyond 2^53 − 1', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        const currencies = new Set(lines.map((line) => line.unitPrice.currency));
        const exact = exactTotal(lines);
        const total = totalOf(lines);
        if (currencies.size > 1)
          expect(total).to.deep.equal(E.left({ _tag: 'MixedCurrencies', currencies: [...currencies] }));
        else if (exact > BigInt(Number.MAX_SAFE_INTEGER))
          expect(total).to.deep.equal(E.left({ _tag: 'AmountTooLarge', maxMinor: Number.MAX_SAFE_INTEGER }));
        else expect(total).to.deep.equal(E.right({ amountMinor: Number(exact), currency: [...currencies][0] }));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of the lines', () => {
    fc.assert(
      fc.property(anyLines, (lines) => {
        const backwards = decoded(OrderLines, [...lines].reverse());
        expect(E.isRight(totalOf(backwards))).to.equal(E.isRight(totalOf(lines)));
        if (E.isRight(totalOf(lines))) expect(totalOf(backwards)).to.deep.equal(totalOf(lines));
      }),
    );
  });
});
