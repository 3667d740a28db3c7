import { obtainProgram } from './debian-program.ts';
import type { Progress } from './progress.ts';

/*
 * Prometheus' own checker of metrics, rules and configurations: the machine's, or the one out of the package that the
 * machine's own Debian suite has, unpacked into the cache.
 */

const PROMTOOL = {
  packageName: 'prometheus',
  file: 'usr/bin/promtool',
  versionArgs: ['--version'],
  size: '19 MB',
} as const;

/** A promtool that runs here, or a plain sentence that says why there is none. */
export const obtainPromtool = (progress: Progress): Promise<{ readonly program: string } | string> =>
  obtainProgram(PROMTOOL, progress);
