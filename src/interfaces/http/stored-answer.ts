import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** A successful answer as it is kept with its Idempotency-Key, so that a replay repeats status, headers and bytes. */
const StoredAnswer = t.strict({
  status: t.number,
  headers: t.record(t.string, t.string),
  body: t.string,
});
export type StoredAnswer = t.TypeOf<typeof StoredAnswer>;

export const encodeStoredAnswer = (answer: StoredAnswer): string => JSON.stringify(StoredAnswer.encode(answer));

/** Throws when the text is none of ours: then the table was changed by hand. */
export const decodeStoredAnswer = (text: string): StoredAnswer => {
  const decoded = StoredAnswer.decode(JSON.parse(text));
  if (E.isLeft(decoded)) throw new Error('the stored answer of an Idempotency-Key cannot be read');
  return decoded.right;
};
