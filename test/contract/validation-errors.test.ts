import { expect } from 'chai';
import * as t from 'io-ts';
import { Money, ShortText } from '../../src/domain/order/values.ts';
import { PlaceOrderBody } from '../../src/interfaces/contract/http.ts';
import { validationProblems } from '../../src/interfaces/contract/validation-errors.ts';
import { leftOf } from '../support/decoded.ts';

const problemsOf = (codec: t.Mixed, value: unknown): readonly string[] =>
  validationProblems(leftOf(codec.decode(value))).map(({ path, message }) => `${path}: ${message}`);

const line = { sku: 'TEA', quantity: 1, unitPrice: { amountMinor: 1250, currency: 'EUR' } };
const body = { customerId: 'customer-1', lines: [line] };
const oneLine = (maxLength: number): string =>
  `1 to ${maxLength} characters on one line, without control characters or surrounding blanks`;

describe('the problems of a body are all told, by path, in plain words', () => {
  const table: readonly (readonly [what: string, value: unknown, problems: readonly string[]])[] = [
    ['nothing', undefined, [': is missing: it must be an object']],
    ['null', null, [': must be an object, but is null']],
    ['a list', [body], [': must be an object, but is a list of 1']],
    ['a text', 'x', [': must be an object, but is "x"']],
    [
      'an empty object',
      {},
      [`customerId: is missing: it must be ${oneLine(64)}`, 'lines: is missing: it must be a list of 1 to 2,000 lines'],
    ],
    ['no lines', { ...body, lines: [] }, ['lines: must be a list of 1 to 2,000 lines, but is a list of 0']],
    [
      'an object for a text',
      { ...body, customerId: { $ne: null } },
      [`customerId: must be ${oneLine(64)}, but is an object`],
    ],
    [
      'problems in several lines',
      { ...body, lines: [{ ...line, quantity: 0 }, line, { ...line, sku: 'a\u0000b' }, 7] },
      [
        'lines[0].quantity: must be a whole number from 1 to 100,000, but is 0',
        `lines[2].sku: must be ${oneLine(64)}, but is "a\\u0000b"`,
        'lines[3]: must be an object, but is 7',
      ],
    ],
    [
      'a bad amount deep down',
      { ...body, lines: [{ ...line, unitPrice: { amountMinor: '12', currency: 'eur' } }] },
      [
        'lines[0].unitPrice.amountMinor: must be a whole number of minor units (cents) from 0 to 9,007,199,254,740,991, but is "12"',
        'lines[0].unitPrice.currency: must be an active ISO 4217 currency code in upper case, such as EUR, but is "eur"',
      ],
    ],
    [
      'a long value, which is measured and not repeated',
      { ...body, customerId: 'x'.repeat(10_240) },
      [`customerId: must be ${oneLine(64)}, but is a text of 10240 characters`],
    ],
    ['an unknown field', { ...body, coupon: 'X' }, ['coupon: is not a known field']],
    [
      'unknown fields deep down, beside a bad value',
      { ...body, lines: [{ ...line, quantity: 0, unitPrice: { ...line.unitPrice, vat: 19 } }] },
      [
        'lines[0].quantity: must be a whole number from 1 to 100,000, but is 0',
        'lines[0].unitPrice.vat: is not a known field',
      ],
    ],
    [
      '__proto__ as a field',
      JSON.parse('{"__proto__":{"customerId":"x"},"customerId":"customer-1","lines":[]}'),
      ['lines: must be a list of 1 to 2,000 lines, but is a list of 0', '__proto__: is not a known field'],
    ],
    ['a field with an odd name', { ...body, 'a b"c': 1 }, ['["a b\\"c"]: is not a known field']],
    [
      'a field with a very long name',
      { ...body, ['x'.repeat(10_000)]: 1 },
      [`["${'x'.repeat(80)}…"]: is not a known field`],
    ],
  ];
  for (const [what, value, problems] of table) {
    it(`given ${what}`, () => expect(problemsOf(PlaceOrderBody, value)).to.deep.equal(problems));
  }

  it('given tens of thousands of problems / then 1,000 are listed and the rest counted', () => {
    const many = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`f${index}`, 0]));
    const problems = problemsOf(PlaceOrderBody, { ...body, ...many });
    expect(problems).to.have.length(1_001);
    expect(problems.at(-1)).to.equal(': has 29000 more problems, not listed');
  });
});

describe('a value that may be one thing or another', () => {
  const codec = t.strict({ refund: t.union([Money, t.null]) });

  it('given neither / then both are named once', () => {
    expect(problemsOf(codec, { refund: 5 })).to.deep.equal(['refund: must be an object or null, but is 5']);
  });

  it('given something like the first / then what is wrong with it is told', () => {
    expect(problemsOf(codec, { refund: { amountMinor: 1, currency: 'XXX' } })).to.deep.equal([
      'refund.currency: must be an active ISO 4217 currency code in upper case, such as EUR, but is "XXX"',
    ]);
  });

  it('given an object with optional fields / then its paths hold no numbers of parts', () => {
    const optional = t.exact(t.intersection([t.type({ a: ShortText }), t.partial({ b: ShortText })]));
    expect(problemsOf(optional, { b: '' })).to.deep.equal([
      `a: is missing: it must be ${oneLine(200)}`,
      `b: must be ${oneLine(200)}, but is ""`,
    ]);
  });
});
