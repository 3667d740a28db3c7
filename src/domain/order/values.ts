import * as t from 'io-ts';
import { choiceValue, integerValue, listValue, textValue } from '../value-codec.ts';
import { CURRENCY_CODES } from './currency-codes.ts';

/*
 * Value objects. Each is a codec and a type of the same name; a value of the type has passed the codec.
 * All of them encode to the JSON value they hold, so a payload is its own wire format.
 */

export { Instant } from '../instant.ts';

// Control characters (NUL among them), the line separators and lone surrogates. Written in ranges, not `\p{…}`, so that
// validators in other languages read the pattern too.
const NEVER = String.raw`\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff`;
const LINE = new RegExp(String.raw`^[^\s${NEVER}](?:[^${NEVER}]*[^\s${NEVER}])?$`, 'u');

const line = (maxLength: number): { minLength: number; maxLength: number; pattern: RegExp; words: string } => ({
  minLength: 1,
  maxLength,
  pattern: LINE,
  words: `1 to ${maxLength} characters on one line, without control characters or surrounding blanks`,
});

/** Lower-case UUID; the service issues version 7. */
export const OrderId = textValue('OrderId', {
  words: 'a UUID in lower case',
  minLength: 36,
  maxLength: 36,
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u,
  example: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
});
export type OrderId = t.TypeOf<typeof OrderId>;

export const CustomerId = textValue('CustomerId', { ...line(64), example: 'customer-4711' });
export type CustomerId = t.TypeOf<typeof CustomerId>;

/** Stock-keeping unit. */
export const Sku = textValue('Sku', { ...line(64), example: 'TEA-GREEN-100G' });
export type Sku = t.TypeOf<typeof Sku>;

/** A reason, a name, a reference. */
export const ShortText = textValue('ShortText', { ...line(200), example: 'REF-2026-0001' });
export type ShortText = t.TypeOf<typeof ShortText>;

/** Whole pieces. */
export const Quantity = integerValue('Quantity', {
  words: 'a whole number from 1 to 100,000',
  minimum: 1,
  maximum: 100_000,
  example: 2,
});
export type Quantity = t.TypeOf<typeof Quantity>;

/** Whole minor units of a currency (cents), 0 up to the largest exact integer. */
export const MinorUnits = integerValue('MinorUnits', {
  words: 'a whole number of minor units (cents) from 0 to 9,007,199,254,740,991',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  example: 1250,
});
export type MinorUnits = t.TypeOf<typeof MinorUnits>;

export const Currency = choiceValue('Currency', {
  words: 'an active ISO 4217 currency code in upper case, such as EUR',
  values: CURRENCY_CODES,
  example: 'EUR',
});
export type Currency = t.TypeOf<typeof Currency>;

export const Money = t.readonly(t.strict({ amountMinor: MinorUnits, currency: Currency }), 'Money');
export type Money = t.TypeOf<typeof Money>;

export const OrderLine = t.readonly(t.strict({ sku: Sku, quantity: Quantity, unitPrice: Money }), 'OrderLine');
export type OrderLine = t.TypeOf<typeof OrderLine>;

export const OrderLines = listValue('OrderLines', OrderLine, {
  words: 'a list of 1 to 2,000 lines',
  minItems: 1,
  maxItems: 2_000,
});
export type OrderLines = t.TypeOf<typeof OrderLines>;
