/*
 * The checker's own reading of the message format (CloudEvents 1.0, Kafka binding, binary mode).
 */

const SEQUENCE = /^\d{10}$/;

/** `ce_sequence`: ten digits, from 1; null when it is missing or something else. */
export const sequenceOf = (headers: Readonly<Record<string, string>>): number | null => {
  const text = headers['ce_sequence'];
  if (text === undefined || !SEQUENCE.test(text)) return null;
  const sequence = Number(text);
  return sequence >= 1 ? sequence : null;
};

/** `OrderPlaced` → `order-placed`. */
const kebab = (type: string): string =>
  type
    .split(/(?=[A-Z])/)
    .join('-')
    .toLowerCase();

/** `urn:orderly:order-placed:1` */
export const dataSchemaOf = (type: string, version: number): string => `urn:orderly:${kebab(type)}:${version}`;

/** The type that says: the event of this sequence was skipped by an operator. */
export const EVENT_SKIPPED = 'EventSkipped';
