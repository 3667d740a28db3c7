import { textValue } from '../../domain/value-codec.ts';

/** Why an operator acts. No longer than the event that tells consumers of a skip may hold. */
export const Reason = textValue('Reason', {
  words: '1 to 500 characters on one line, without control characters or surrounding blanks',
  minLength: 1,
  maxLength: 500,
  pattern: /^(?!\s)[^\p{Cc}\p{Cs}\u2028\u2029]+(?<!\s)$/u,
  example: 'the record exceeds the limit of the topic; told to payment by hand',
});
