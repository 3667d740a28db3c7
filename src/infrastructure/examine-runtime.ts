import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Examination, Observation } from '../application/ports/examination.ts';

/** As `engines` in package.json says; a test compares the two. */
export const OLDEST_NODE = '20.19.0';

const isAtLeast = (version: string, least: string): boolean => {
  const [a, b] = [version, least].map((text) => text.split('.').map(Number));
  const different = [0, 1, 2].find((part) => a?.[part] !== b?.[part]);
  return different === undefined || (a?.[different] ?? 0) > (b?.[different] ?? 0);
};

export const judgeNode = (version: string): Observation =>
  isAtLeast(version, OLDEST_NODE)
    ? { state: 'ok', says: `Node.js ${version}` }
    : { state: 'fail', says: `Node.js ${version}`, mend: `use Node.js ${OLDEST_NODE} or later` };

/** What this command runs on, and that its settings were accepted: it would not have come this far otherwise. */
export const examineRuntime = (settings: readonly string[]): Examination => ({
  name: 'this process',
  run: TE.right([
    judgeNode(process.versions.node),
    { state: 'ok', says: `settings are acceptable: ${settings.join(', ')}` },
  ]),
});
