import { textValue } from '../../domain/value-codec.ts';

/** A consumer parks whatever UUID an event has for its order, of any version and variant. */
export const ParkedOrderId = textValue('ParkedOrderId', {
  words: 'a UUID in lower case',
  minLength: 36,
  maxLength: 36,
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u,
  example: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
});
