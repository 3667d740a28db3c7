import type * as t from 'io-ts';
import { textValue } from './value-codec.ts';

const isRealInstant = (text: string): boolean => {
  const milliseconds = Date.parse(text);
  // Date.parse reads 30 February as 2 March and 24:00 as the next day; written again they differ.
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString() === text;
};

/** RFC 3339, UTC, exactly milliseconds, a date that exists: `2026-01-31T09:30:00.000Z`. */
export const Instant = textValue('Instant', {
  words: 'a UTC time with milliseconds, such as 2026-01-31T09:30:00.000Z',
  minLength: 24,
  maxLength: 24,
  pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/u,
  format: { name: 'date-time', holds: isRealInstant },
  example: '2026-01-31T09:30:00.000Z',
});
export type Instant = t.TypeOf<typeof Instant>;
