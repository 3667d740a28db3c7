import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** A row does not have the shape its codec demands: schema and code disagree, or someone edited data by hand. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
}

/** `note is not string`: never the value, which may be anybody's. */
const mismatch = ({ context }: t.ValidationError): string => {
  const path = context.flatMap(({ key }) => (key === '' ? [] : [key])).join('/');
  return `${path === '' ? 'row' : path} is not ${context.at(-1)?.type.name ?? 'as expected'}`;
};

/** Every row through `codec`; throws `UnreadableRow`, naming the column, at the first that does not pass. */
export const decodeRows = <A>(codec: t.Decoder<unknown, A>, rows: readonly unknown[]): readonly A[] =>
  rows.map((row) => {
    const decoded = codec.decode(row);
    if (E.isLeft(decoded)) throw new UnreadableRow(decoded.left.map(mismatch).join('; '));
    return decoded.right;
  });

/** The first row, or undefined when there is none. */
export const decodeFirst = <A>(codec: t.Decoder<unknown, A>, rows: readonly unknown[]): A | undefined =>
  decodeRows(codec, rows.slice(0, 1))[0];

/** A whole number that JavaScript holds exactly. Larger ones arrive as text and are refused. */
export const WholeNumber = new t.Type<number, number>(
  'WholeNumber',
  t.number.is,
  (input, context) =>
    typeof input === 'number' && Number.isSafeInteger(input) ? t.success(input) : t.failure(input, context),
  t.identity,
);

const DATETIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}\.\d{6})$/;
const RFC_3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?)Z$/;

const timeCodec = (name: string, show: (time: string) => string): t.Type<string, string> =>
  new t.Type<string, string>(
    name,
    t.string.is,
    (input, context) => {
      const match = typeof input === 'string' ? DATETIME.exec(input) : null;
      return match === null ? t.failure(input, context) : t.success(show(`${match[1] ?? ''}T${match[2] ?? ''}Z`));
    },
    t.identity,
  );

/** DATETIME(6), read as text, as RFC 3339 UTC with microseconds: `2026-01-31T09:30:00.123456Z`. */
export const TimeMicros = timeCodec('TimeMicros', (time) => time);

/** The same, but with milliseconds when nothing finer is in it, as clocks of the domain write it. */
export const TimeShort = timeCodec('TimeShort', (time) => time.replace(/000Z$/, 'Z'));

/** RFC 3339 UTC as the literal of a DATETIME(6). Throws when `time` is no such text or finer than microseconds. */
export const toDateTime = (time: string): string => {
  const match = RFC_3339.exec(time);
  if (match === null) throw new TypeError(`not a time in RFC 3339, UTC: ${time}`);
  return `${match[1] ?? ''} ${match[2] ?? ''}`;
};
