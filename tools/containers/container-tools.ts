import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheDirectory } from '../environment/cache.ts';
import { unpackPackages } from '../environment/debian-packages.ts';
import type { Progress } from '../environment/progress.ts';

const suiteOfMachine = async (): Promise<string> => {
  const [, codename] = /^VERSION_CODENAME=(\S+)$/m.exec(await readFile('/etc/os-release', 'utf8')) ?? [];
  if (codename === undefined) throw new Error('/etc/os-release names no suite of Debian');
  return codename;
};

/**
 * A directory with Debian's Docker engine and a static busybox, of this machine's suite and beside what it has installed: the engine runs with
 * the machine's own libraries.
 */
export const obtainContainerTools = async (progress: Progress): Promise<string> => {
  const path = join(cacheDirectory(), `container-tools-${process.arch}`);
  return cached(path, progress, async (into) =>
    unpackPackages({
      what: 'docker',
      names: ['docker.io', 'busybox-static'],
      suite: await suiteOfMachine(),
      besideInstalled: true,
      size: 'about 65 MB',
      state: `${path}.downloads`,
      into,
      progress,
    }),
  );
};
