import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { exists } from './cache.ts';
import { findProgram, runCommand } from './command.ts';
import type { Progress } from './progress.ts';

/*
 * Debian's packages, fetched by apt with a state of its own, checked by apt's signature and unpacked into a directory. Nothing is
 * installed, and the machine's own package state is not changed.
 */

export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const INSTALLED = '/var/lib/dpkg/status';

/** What is missing on this machine to unpack Debian packages; empty when nothing is. */
export const lackingForPackages = async (): Promise<readonly string[]> => {
  const lacking: string[] = [];
  if (process.platform !== 'linux') lacking.push(`Linux (this is ${process.platform})`);
  for (const program of ['apt-get', 'dpkg-deb', 'dpkg'])
    if ((await findProgram(program)) === undefined) lacking.push(program);
  if (!(await exists(KEYRING))) lacking.push(`${KEYRING} (package debian-archive-keyring)`);
  return lacking;
};

const isDebianMirror = (uri: string): boolean => /\/debian\/?$|\/debian\.list$/.test(uri);

/** The mirror this machine already uses, so that a closed network with a mirror of its own works too. */
const findMirror = async (): Promise<string> => {
  const named = process.env['DEBIAN_MIRROR'];
  if (named !== undefined && named !== '') return named;
  const directory = '/etc/apt/sources.list.d';
  const names = await readdir(directory).catch(() => []);
  const files = ['/etc/apt/sources.list', ...names.sort().map((name) => join(directory, name))];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const uris = texts
    .join('\n')
    .split('\n')
    .filter((line) => /^\s*(deb\s|URIs:)/.test(line))
    .flatMap((line) => line.split(/\s+/));
  return uris.find(isDebianMirror) ?? 'http://deb.debian.org/debian';
};

/**
 * Settings that keep apt inside `directory`, for packages of `suite`; downloads survive an interruption. `status` says what is installed, in the
 * form of dpkg: nothing, unless told.
 */
export const writeAptState = async (directory: string, suite: string, status = ''): Promise<NodeJS.ProcessEnv> => {
  for (const part of ['lists/partial', 'archives/partial', 'preferences', 'debs'])
    await mkdir(join(directory, part), { recursive: true });
  const architecture = (await runCommand('dpkg', ['--print-architecture'])).trim();
  await writeFile(join(directory, 'status'), status);
  await writeFile(join(directory, 'sources.list'), `deb [signed-by=${KEYRING}] ${await findMirror()} ${suite} main\n`);
  const settings: Readonly<Record<string, string>> = {
    'Dir::State': directory,
    'Dir::State::lists': join(directory, 'lists'),
    'Dir::State::status': join(directory, 'status'),
    'Dir::Cache': directory,
    'Dir::Cache::archives': join(directory, 'archives'),
    'Dir::Etc::sourcelist': join(directory, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::preferences': join(directory, 'no-preferences'),
    'Dir::Etc::preferencesparts': join(directory, 'preferences'),
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': '',
    'APT::Update::Error-Mode': 'any',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '3',
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::Check-Date': 'false',
    'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::DEP-11-icons::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::CNF::DefaultEnabled': 'false',
    'Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled': 'false',
    'Debug::NoLocking': 'true',
  };
  const file = join(directory, 'apt.conf');
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  await writeFile(file, lines.join(''));
  return { ...process.env, APT_CONFIG: file, LC_ALL: 'C' };
};

const neededPackages = async (names: readonly string[], env: NodeJS.ProcessEnv): Promise<readonly string[]> => {
  const plan = await runCommand('apt-get', ['--simulate', 'install', ...names], { env });
  return [...plan.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => (name === undefined ? [] : [name]));
};

const unpack = async (packages: string, root: string): Promise<void> => {
  const files = (await readdir(packages)).filter((name) => name.endsWith('.deb'));
  const worker = async (): Promise<void> => {
    for (let file = files.pop(); file !== undefined; file = files.pop())
      await runCommand('dpkg-deb', ['--extract', join(packages, file), root]);
  };
  await mkdir(root, { recursive: true });
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
};

export interface WantedPackages {
  /** For people. */
  readonly what: string;
  readonly names: readonly string[];
  /** In the closure of `names`, but not needed. */
  readonly unneeded?: RegExp;
  readonly suite: string;
  /** True: what this machine has installed is not fetched again. */
  readonly besideInstalled: boolean;
  readonly size: string;
  /** Downloads lie here until all is unpacked, so that an interruption loses nothing. */
  readonly state: string;
  readonly into: string;
  readonly progress: Progress;
}

/** Fetches the packages with all that they need, and unpacks them. */
export const unpackPackages = async (wanted: WantedPackages): Promise<void> => {
  const { what, state, unneeded, progress } = wanted;
  const env = await writeAptState(state, wanted.suite, wanted.besideInstalled ? await readFile(INSTALLED, 'utf8') : '');
  progress(`${what}: reading the package index`);
  await runCommand('apt-get', ['-qq', 'update'], { env });
  const names = (await neededPackages(wanted.names, env)).filter((name) => unneeded?.test(name) !== true);
  progress(`${what}: downloading ${names.length} Debian packages (${wanted.size}, once)`);
  await runCommand('apt-get', ['-qq', 'download', ...names], { env, cwd: join(state, 'debs') });
  progress(`${what}: unpacking`);
  await unpack(join(state, 'debs'), wanted.into);
  await rm(state, { recursive: true, force: true });
};
