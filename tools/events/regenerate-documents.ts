import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = 'contracts';

const hasScript = (manifest: unknown): boolean =>
  typeof manifest === 'object' &&
  manifest !== null &&
  'scripts' in manifest &&
  typeof manifest.scripts === 'object' &&
  manifest.scripts !== null &&
  SCRIPT in manifest.scripts;

/** Writes the documents that are made from the catalog anew. Answers what is left to do when that failed. */
export const regenerateDocuments = async (root: string): Promise<readonly string[]> => {
  const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  if (!hasScript(manifest)) return [];
  return run('npm', ['run', '--silent', SCRIPT], { cwd: root }).then(
    () => [],
    () => [`npm run ${SCRIPT}: it failed just now; run it again when the sources compile`],
  );
};
