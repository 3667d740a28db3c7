import { expect } from 'chai';
import type * as t from 'io-ts';
import {
  Currency,
  CustomerId,
  Instant,
  MinorUnits,
  Money,
  OrderId,
  OrderLines,
  Quantity,
  ShortText,
  Sku,
} from '../../src/domain/order/values.ts';

type Table = readonly (readonly [what: string, value: unknown])[];

const notTexts: Table = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 5],
  ['an object', { toString: () => 'x' }],
  ['a list', ['x']],
];
const notNumbers: Table = [
  ['nothing', undefined],
  ['null', null],
  ['a text', '5'],
  ['a list', [5]],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a fraction', 1.5],
  ['a negative number', -1],
  ['minus zero', -0],
  ['the first inexact integer', 2 ** 53],
  ['a bigint', 5n],
];
const badLines = (maxLength: number): Table => [
  ...notTexts,
  ['an empty text', ''],
  ['a blank', ' '],
  ['a leading blank', ' x'],
  ['a trailing blank', 'x '],
  ['a trailing no-break space', 'x\u00a0'],
  ['a leading byte order mark', '\ufeffx'],
  ['NUL', 'a\u0000b'],
  ['a line break', 'a\nb'],
  ['a trailing line break', 'a\n'],
  ['a line separator', 'a\u2028b'],
  ['DEL', 'a\u007fb'],
  ['a C1 control character', 'a\u0085b'],
  ['a lone high surrogate', 'a\ud83d'],
  ['a lone low surrogate', '\ude00a'],
  ['surrogates the wrong way round', '\ude00\ud83d'],
  [`${maxLength + 1} characters`, 'x'.repeat(maxLength + 1)],
  [`${maxLength + 1} emoji`, '😀'.repeat(maxLength + 1)],
  ['10 KB', 'x'.repeat(10_240)],
];
const goodLines = (maxLength: number): Table => [
  ['one character', 'x'],
  ['an inner blank', 'a b'],
  ['emoji', 'tea 🍵'],
  ['an emoji alone', '👩‍🚀'],
  ['other scripts', '東京 Ünïcödé'],
  ['SQL', "'; DROP TABLE orders; --"],
  ['markup', '<script>alert(1)</script>'],
  [`${maxLength} characters`, 'x'.repeat(maxLength)],
  [`${maxLength} emoji, each two UTF-16 units`, '😀'.repeat(maxLength)],
];
const badMoney: Table = [
  ...notTexts,
  ['no currency', { amountMinor: 1 }],
  ['no amount', { currency: 'EUR' }],
  ['a negative amount', { amountMinor: -1, currency: 'EUR' }],
  ['an amount as text', { amountMinor: '1', currency: 'EUR' }],
  ['an unknown currency', { amountMinor: 1, currency: 'XXX' }],
];

const line = { sku: 'TEA', quantity: 1, unitPrice: { amountMinor: 1, currency: 'EUR' } };

interface Values {
  readonly codec: t.Mixed;
  readonly good: Table;
  readonly bad: Table;
}

const tables: readonly Values[] = [
  {
    codec: OrderId,
    good: [
      ['version 7', '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10'],
      ['version 4', 'b3e6bdb4-7d3c-4a7f-a1a3-0d8a4f3f1b11'],
    ],
    bad: [
      ...notTexts,
      ['an empty text', ''],
      ['upper case', '0197E0F5-7C3A-7CC1-9F5E-3B1F4A7D2C10'],
      ['braces', '{0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10}'],
      ['no hyphens', '0197e0f57c3a7cc19f5e3b1f4a7d2c10'],
      ['the nil UUID', '00000000-0000-0000-0000-000000000000'],
      ['a wrong variant', '0197e0f5-7c3a-7cc1-cf5e-3b1f4a7d2c10'],
      ['a trailing line break', '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10\n'],
      ['10 KB', 'a'.repeat(10_240)],
    ],
  },
  { codec: CustomerId, good: goodLines(64), bad: badLines(64) },
  { codec: Sku, good: goodLines(64), bad: badLines(64) },
  { codec: ShortText, good: goodLines(200), bad: badLines(200) },
  {
    codec: Quantity,
    good: [
      ['one', 1],
      ['the most', 100_000],
    ],
    bad: [...notNumbers, ['zero', 0], ['one too many', 100_001]],
  },
  {
    codec: MinorUnits,
    good: [
      ['nothing', 0],
      ['the largest exact integer', Number.MAX_SAFE_INTEGER],
    ],
    bad: notNumbers,
  },
  {
    codec: Currency,
    good: ['EUR', 'USD', 'JPY', 'CHF', 'XCG', 'XOF', 'ZWG', 'SLE', 'VED'].map((code) => [code, code] as const),
    bad: [
      ...notTexts,
      ['an empty text', ''],
      ['lower case', 'eur'],
      ['a blank after it', 'EUR '],
      ['a name of every object', 'constructor'],
      ...['HRK', 'BGN', 'ANG', 'ZWL', 'SLL', 'DEM'].map((code) => [`${code}, withdrawn`, code] as const),
      ...['XAU', 'XDR', 'XTS', 'XXX', 'CHE', 'CLF', 'UYI'].map(
        (code) => [`${code}, nothing to pay with`, code] as const,
      ),
    ],
  },
  {
    codec: Money,
    good: [
      ['an amount', { amountMinor: 1, currency: 'EUR' }],
      ['nothing', { amountMinor: 0, currency: 'JPY' }],
    ],
    bad: badMoney,
  },
  {
    codec: Instant,
    good: [
      ['a time', '2026-01-31T09:30:00.000Z'],
      ['a leap day', '2028-02-29T23:59:59.999Z'],
    ],
    bad: [
      ...notTexts,
      ['an empty text', ''],
      ['no milliseconds', '2026-01-31T09:30:00Z'],
      ['microseconds', '2026-01-31T09:30:00.000000Z'],
      ['an offset', '2026-01-31T09:30:00.000+00:00'],
      ['lower case', '2026-01-31t09:30:00.000z'],
      ['30 February', '2026-02-30T09:30:00.000Z'],
      ['29 February of no leap year', '2026-02-29T09:30:00.000Z'],
      ['month 13', '2026-13-01T09:30:00.000Z'],
      ['24 o’clock', '2026-01-31T24:00:00.000Z'],
      ['second 60', '2026-01-31T23:59:60.000Z'],
    ],
  },
  {
    codec: OrderLines,
    good: [
      ['one line', [line]],
      ['the same line twice', [line, line]],
      ['2,000 lines', Array.from({ length: 2_000 }, () => line)],
    ],
    bad: [
      ['nothing', undefined],
      ['an object', line],
      ['no line', []],
      ['2,001 lines', Array.from({ length: 2_001 }, () => line)],
      ['a line without sku', [{ ...line, sku: undefined }]],
      ['a line of nothing', [null]],
      ['a hole', [line, undefined]],
      ...badMoney.map(([what, unitPrice]) => [`unit price: ${what}`, [{ ...line, unitPrice }]] as const),
    ],
  },
];

for (const { codec, good, bad } of tables) {
  describe(codec.name, () => {
    for (const [what, value] of good) {
      it(`accepts ${what} and writes it as it is`, () => {
        const result = codec.decode(value);
        expect(result).to.have.property('_tag', 'Right');
        expect(codec.is(value)).to.equal(true);
        expect(codec.encode(value)).to.deep.equal(value);
      });
    }
    for (const [what, value] of bad) {
      it(`refuses ${what}`, () => {
        expect(codec.decode(value)).to.have.property('_tag', 'Left');
        expect(codec.is(value)).to.equal(false);
      });
    }
  });
}
