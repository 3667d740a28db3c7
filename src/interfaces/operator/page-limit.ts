import { textValue } from '../../domain/value-codec.ts';

/** How long a page of a list may be, in a query. */
export const Limit = textValue('Limit', {
  words: 'a whole number from 1 to 1,000',
  minLength: 1,
  maxLength: 4,
  pattern: /^(?:[1-9][0-9]{0,2}|1000)$/u,
  example: '50',
});

const DEFAULT_LIMIT = 50;
export const limitOf = (limit: string | undefined): number => (limit === undefined ? DEFAULT_LIMIT : Number(limit));
