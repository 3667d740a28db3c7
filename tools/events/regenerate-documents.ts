import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SCRIPT = 'contracts';

/** Writes the documents that are made from the catalog anew. Answers what is left to do when that failed. */
export const regenerateDocuments = (root: string): Promise<readonly string[]> =>
  run('npm', ['run', '--silent', SCRIPT], { cwd: root }).then(
    () => [],
    () => [`npm run ${SCRIPT}: it failed just now; run it again when the sources compile`],
  );
