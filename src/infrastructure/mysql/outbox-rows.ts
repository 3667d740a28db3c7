import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { OutboxStatus } from '../../application/ports/outbox-status.ts';

const Headers = t.readonly(t.record(t.string, t.string));

/** Column `headers`: a JSON object of texts. */
export const HeadersColumn = new t.Type<Readonly<Record<string, string>>, string>(
  'HeadersColumn',
  Headers.is,
  (input, context) => {
    if (typeof input !== 'string') return t.failure(input, context);
    const parsed = E.tryCatch((): unknown => JSON.parse(input), String);
    return E.isLeft(parsed) ? t.failure(input, context) : Headers.validate(parsed.right, context);
  },
  (headers) => JSON.stringify(headers),
);

export const OutboxStatusColumn = t.keyof({ PENDING: null, COMPLETED: null, QUARANTINED: null } satisfies Readonly<
  Record<OutboxStatus, null>
>);

/**
 * IDs are ASCII columns. Compared with other text MySQL would convert the column and read the whole table, so such
 * text is answered without asking: nothing has that ID.
 */
export const isAscii = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);
