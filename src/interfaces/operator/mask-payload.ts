import * as E from 'fp-ts/lib/Either.js';

/**
 * Fields of events whose text names a thing and no person. Every other text is masked, also in events that are yet to
 * be added: a new field here is a decision. Numbers, times and booleans stay as they are.
 */
const PLAIN: ReadonlySet<string> = new Set(['sku', 'currency', 'carrier', 'skippedEventId', 'skippedType']);

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?Z$/;

/** As long whatever it stands for. */
const MASK = '•••';

const masked = (value: unknown, field: string | undefined): unknown => {
  if (typeof value === 'string') return (field !== undefined && PLAIN.has(field)) || INSTANT.test(value) ? value : MASK;
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner, name)]));
};

/** The payload of an event without what may tell of a person. Text that is no JSON is masked whole. */
export const maskPayload = (payload: string): string => {
  const parsed = E.tryCatch((): unknown => JSON.parse(payload), String);
  return E.isLeft(parsed) ? MASK : JSON.stringify(masked(parsed.right, undefined));
};
