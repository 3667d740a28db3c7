import { findProgram, runCommand } from '../environment/command.ts';
import { obtainDebianProgram } from '../environment/debian-program.ts';
import type { Progress } from '../environment/progress.ts';

/** The first suite whose Compose is the present one, a program that needs no Python. */
const COMPOSE = {
  packageName: 'docker-compose',
  file: 'usr/libexec/docker/cli-plugins/docker-compose',
  suite: 'trixie',
  versionArgs: ['version'],
  size: '13 MB',
} as const;

/** The command and first arguments that are Compose: the machine's `docker compose`, or Debian's, unpacked into the cache. */
export const obtainCompose = async (progress: Progress): Promise<readonly [string, ...string[]]> => {
  const docker = await findProgram('docker');
  const isThere =
    docker !== undefined &&
    (await runCommand(docker, ['compose', 'version']).then(
      () => true,
      () => false,
    ));
  return isThere ? [docker, 'compose'] : [await obtainDebianProgram(COMPOSE, progress)];
};
