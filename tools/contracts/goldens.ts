import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { schemaFileOf } from './schema-document.ts';

const GOLDENS = 'test/contract/goldens';

/** An event as it was written when its version was the newest. */
const Golden = t.strict({ type: t.string, version: t.number, occurredAt: t.string, payload: t.UnknownRecord });
export type Golden = t.TypeOf<typeof Golden>;

/** The example of an event version, which today's code reads (see the tests). Throws when there is none. */
export const readGolden = async (root: string, dataSchema: string): Promise<Golden> => {
  const path = `${GOLDENS}/${schemaFileOf(dataSchema)}`;
  const text = await readFile(join(root, path), 'utf8').catch(() => {
    throw new Error(`${path} is missing: it is the example of ${dataSchema}`);
  });
  const golden = Golden.decode(JSON.parse(text));
  if (E.isLeft(golden)) throw new TypeError(`${path} is no golden`);
  return golden.right;
};
