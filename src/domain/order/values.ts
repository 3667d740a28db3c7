import * as t from 'io-ts';
import { isCurrencyCode } from './currency-codes.ts';

/*
 * Value objects. Each is a codec and a type of the same name; a value of the type has passed the codec.
 * All of them encode to the JSON value they hold, so a payload is its own wire format.
 */

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
// Control characters (NUL among them) never belong in a one-line text.
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

const isLine = (text: string, maxLength: number): boolean =>
  text.length >= 1 && text.length <= maxLength && text.trim() === text && text.isWellFormed() && !CONTROL.test(text);

interface OrderIdBrand {
  readonly OrderId: unique symbol;
}
/** Lower-case UUID; the service issues version 7. */
export const OrderId = t.brand(t.string, (s): s is t.Branded<string, OrderIdBrand> => UUID.test(s), 'OrderId');
export type OrderId = t.TypeOf<typeof OrderId>;

interface CustomerIdBrand {
  readonly CustomerId: unique symbol;
}
/** 1–64 characters, no control characters, no surrounding blanks. */
export const CustomerId = t.brand(
  t.string,
  (s): s is t.Branded<string, CustomerIdBrand> => isLine(s, 64),
  'CustomerId',
);
export type CustomerId = t.TypeOf<typeof CustomerId>;

interface SkuBrand {
  readonly Sku: unique symbol;
}
/** Stock-keeping unit: 1–64 characters, no control characters, no surrounding blanks. */
export const Sku = t.brand(t.string, (s): s is t.Branded<string, SkuBrand> => isLine(s, 64), 'Sku');
export type Sku = t.TypeOf<typeof Sku>;

interface ShortTextBrand {
  readonly ShortText: unique symbol;
}
/** A reason, a name, a reference: 1–200 characters, no control characters, no surrounding blanks. */
export const ShortText = t.brand(t.string, (s): s is t.Branded<string, ShortTextBrand> => isLine(s, 200), 'ShortText');
export type ShortText = t.TypeOf<typeof ShortText>;

interface QuantityBrand {
  readonly Quantity: unique symbol;
}
/** Whole pieces, 1–100,000. */
export const Quantity = t.brand(
  t.number,
  (n): n is t.Branded<number, QuantityBrand> => Number.isInteger(n) && n >= 1 && n <= 100_000,
  'Quantity',
);
export type Quantity = t.TypeOf<typeof Quantity>;

interface MinorUnitsBrand {
  readonly MinorUnits: unique symbol;
}
/** Whole minor units of a currency (cents), 0 up to the largest exact integer. */
export const MinorUnits = t.brand(
  t.number,
  (n): n is t.Branded<number, MinorUnitsBrand> => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0),
  'MinorUnits',
);
export type MinorUnits = t.TypeOf<typeof MinorUnits>;

interface CurrencyBrand {
  readonly Currency: unique symbol;
}
/** Active ISO 4217 code, upper case. */
export const Currency = t.brand(t.string, (s): s is t.Branded<string, CurrencyBrand> => isCurrencyCode(s), 'Currency');
export type Currency = t.TypeOf<typeof Currency>;

export const Money = t.readonly(t.strict({ amountMinor: MinorUnits, currency: Currency }), 'Money');
export type Money = t.TypeOf<typeof Money>;

interface InstantBrand {
  readonly Instant: unique symbol;
}
/** RFC 3339, UTC, exactly milliseconds: `2026-01-31T09:30:00.000Z`. */
export const Instant = t.brand(
  t.string,
  (s): s is t.Branded<string, InstantBrand> => INSTANT.test(s) && !Number.isNaN(Date.parse(s)),
  'Instant',
);
export type Instant = t.TypeOf<typeof Instant>;

export const OrderLine = t.readonly(t.strict({ sku: Sku, quantity: Quantity, unitPrice: Money }), 'OrderLine');
export type OrderLine = t.TypeOf<typeof OrderLine>;

interface OrderLinesBrand {
  readonly OrderLines: unique symbol;
}
/** 1–2,000 lines. */
export const OrderLines = t.brand(
  t.readonlyArray(OrderLine),
  (lines): lines is t.Branded<readonly OrderLine[], OrderLinesBrand> => lines.length >= 1 && lines.length <= 2_000,
  'OrderLines',
);
export type OrderLines = t.TypeOf<typeof OrderLines>;
