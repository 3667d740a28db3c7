import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** What an Idempotency-Key keeps of a re-processing: under which ID it is on record, and whether more orders were meant. */
const ReprocessNote = t.readonly(t.strict({ requestId: t.string, more: t.boolean }));
export type ReprocessNote = t.TypeOf<typeof ReprocessNote>;

export const writeNote = (note: ReprocessNote): string => JSON.stringify(ReprocessNote.encode(note));

/** Throws when the text is none of ours: then the table was changed by hand. */
export const readNote = (text: string): ReprocessNote => {
  const note = ReprocessNote.decode(JSON.parse(text));
  if (E.isLeft(note)) throw new Error('the note that an Idempotency-Key keeps of a re-processing cannot be read');
  return note.right;
};
