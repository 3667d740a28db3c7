import { obtainProgram } from './debian-program.ts';
import type { Progress } from './progress.ts';

/* What `kubectl apply --kustomize` builds with: the machine's kustomize, or Debian's, unpacked into the cache. */

const KUSTOMIZE = {
  packageName: 'kustomize',
  file: 'usr/bin/kustomize',
  // The first suite that has it.
  suite: 'trixie',
  versionArgs: ['version'],
  size: '6 MB',
} as const;

/** A kustomize that runs here, or a plain sentence that says why there is none. */
export const obtainKustomize = (progress: Progress): Promise<{ readonly program: string } | string> =>
  obtainProgram(KUSTOMIZE, progress);
