import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';

/** Details of an order on their way into columns of table `orders` and back. */
export interface DetailColumns<Props extends t.Props> {
  readonly columns: readonly string[];
  /** Reads a row with these columns, parsed by the client; NULL is a detail that the order does not have. */
  readonly Row: t.Decoder<unknown, t.TypeOfPartialProps<Props>>;
  /** A value for each column: JSON, or null. */
  readonly valuesOf: (details: t.TypeOfPartialProps<Props>) => readonly (string | null)[];
}

/** `giftNote` → `gift_note` */
export const columnOf = (detail: string): string => detail.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();

/**
 * A JSON column for each of `props`. A program that does not know a column leaves it as it is, so old and new ones may
 * run side by side once its migration is done.
 */
export const detailColumns = <Props extends t.Props>(props: Props): DetailColumns<Props> => {
  const details = Object.keys(props).map((name) => ({ name, column: columnOf(name) }));
  const Details = t.exact(t.partial(props));
  return {
    columns: details.map(({ column }) => column),
    Row: new t.Type<t.TypeOfPartialProps<Props>>(
      'OrderDetailsRow',
      Details.is,
      (row, context) =>
        pipe(
          t.UnknownRecord.validate(row, context),
          E.flatMap((cells) => {
            const present: [string, unknown][] = [];
            for (const { name, column } of details) {
              const value = cells[column];
              if (value === undefined) return t.failure(value, context, `column ${column} was not read`);
              if (value !== null) present.push([name, value]);
            }
            return Details.validate(Object.fromEntries(present), context);
          }),
        ),
      t.identity,
    ),
    valuesOf: (order) => {
      const encoded = new Map<string, unknown>(Object.entries(Details.encode(order)));
      return details.map(({ name }) => {
        const value = encoded.get(name);
        return value === undefined ? null : JSON.stringify(value);
      });
    },
  };
};
