import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** Written by the driver; times in milliseconds since 1970, with fractions. */
const Commit = t.strict({ eventId: t.string, dueAt: t.number, committedAt: t.number });
export type Commit = t.TypeOf<typeof Commit>;

/** Throws on a line that is none: a measurement of half the events is none. */
export const readCommits = async (path: string): Promise<readonly Commit[]> => {
  const commits: Commit[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const decoded = Commit.decode(JSON.parse(line));
    if (E.isLeft(decoded)) throw new Error(`${path}, line ${commits.length + 1}: no commit`);
    commits.push(decoded.right);
  }
  return commits;
};
