import { UnreadableRow } from './rows.ts';

/*
 * Columns of a row, checked as they are read: as strict as the codecs of `rows.ts`, for where thousands of rows a
 * second are read and a codec for each field of each row would take most of the time.
 */

export type Row = Readonly<Record<string, unknown>>;

const isRow = (input: unknown): input is Row => typeof input === 'object' && input !== null;

const unreadable = (column: string, value: unknown): UnreadableRow =>
  new UnreadableRow(
    `Invalid value ${typeof value === 'string' ? JSON.stringify(value) : typeof value} supplied to column ${column}`,
  );

export const rowOf = (input: unknown): Row => {
  if (!isRow(input)) throw unreadable('*', input);
  return input;
};

export const textIn = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') throw unreadable(column, value);
  return value;
};

/** A whole number that JavaScript holds exactly. */
export const numberIn = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unreadable(column, value);
  return value;
};

const DATETIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{6}$/;
const DAY = 10;
const TO_MILLISECONDS = 23;

/** DATETIME(6) as RFC 3339 UTC, with milliseconds when nothing finer is in it, as clocks of the domain write it. */
export const timeIn = (row: Row, column: string): string => {
  const value = textIn(row, column);
  if (!DATETIME.test(value)) throw unreadable(column, value);
  const time = value.endsWith('000') ? value.slice(DAY + 1, TO_MILLISECONDS) : value.slice(DAY + 1);
  return `${value.slice(0, DAY)}T${time}Z`;
};

const isHeaders = (input: unknown): input is Readonly<Record<string, string>> =>
  isRow(input) && !Array.isArray(input) && Object.values(input).every((value) => typeof value === 'string');

/** A JSON object of texts. */
export const headersIn = (row: Row, column: string): Readonly<Record<string, string>> => {
  const value = textIn(row, column);
  let headers: unknown;
  try {
    headers = JSON.parse(value);
  } catch {
    throw unreadable(column, value);
  }
  if (!isHeaders(headers)) throw unreadable(column, value);
  return headers;
};
