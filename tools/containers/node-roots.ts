import { cp, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as t from 'io-ts';
import { findProgram, runCommand } from '../environment/command.ts';
import { EnvironmentError } from '../environment/environment-error.ts';
import { addProgram } from './add-program.ts';
import { addShell } from './add-shell.ts';

/* What the stages of the Dockerfile begin with: Node with npm and a shell, and Node alone. */

/** As the base of the second stage: Node where distroless has it, and a user; no shell. */
export const nodeRuntimeRoot = async (root: string): Promise<void> => {
  await addProgram(root, process.execPath, '/nodejs/bin/node');
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin\n');
};

const Manifest = t.type({ name: t.literal('npm') });

/** The folder of npm's package. */
const npmPackage = async (): Promise<string> => {
  const program = await findProgram('npm');
  if (program === undefined) throw new EnvironmentError('no npm on the PATH to build the image with');
  const folder = dirname(dirname(await realpath(program)));
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}'));
  if (!Manifest.is(manifest)) throw new EnvironmentError(`${program} does not lead to the package npm`);
  return folder;
};

/** How npm reaches its registry on this machine; who it is there is not told to the image. */
const npmSettings = async (root: string): Promise<readonly string[]> => {
  const told = async (name: 'registry' | 'cafile'): Promise<string | undefined> => {
    const value = (await runCommand('npm', ['config', 'get', name])).trim();
    return ['', 'null', 'undefined'].includes(value) ? undefined : value;
  };
  const [registry, cafile] = [await told('registry'), await told('cafile')];
  if (cafile !== undefined) {
    await mkdir(dirname(join(root, cafile)), { recursive: true });
    await cp(cafile, join(root, cafile), { dereference: true });
  }
  return [
    ...(registry === undefined ? [] : [`ENV NPM_CONFIG_REGISTRY=${registry}`]),
    ...(cafile === undefined ? [] : [`ENV NPM_CONFIG_CAFILE=${cafile}`]),
  ];
};

/** As the base of the first stage: Node, npm and a shell. Answers what the image has to say beside its files. */
export const nodeBuildRoot = async (root: string, tools: string): Promise<readonly string[]> => {
  await addProgram(root, process.execPath, '/usr/local/bin/node');
  await addShell(root, tools);
  await cp(await npmPackage(), join(root, 'usr/local/lib/node_modules/npm'), { recursive: true });
  await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  await mkdir(join(root, 'usr/bin'), { recursive: true });
  await symlink('../../bin/busybox', join(root, 'usr/bin/env'));
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  return ['ENV PATH=/usr/local/bin:/bin', ...(await npmSettings(root))];
};
