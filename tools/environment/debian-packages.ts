import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './command.ts';

/*
 * Debian's packages by Debian's own tools, checked by apt's signature, with an apt state of our own: nothing is
 * installed, and the machine's own package state is neither read nor changed.
 */

export const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

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

/** Settings that keep apt inside `directory`, for packages of `suite`; downloads survive an interruption. */
export const writeAptState = async (directory: string, suite: string): Promise<NodeJS.ProcessEnv> => {
  for (const part of ['lists/partial', 'archives/partial', 'preferences', 'debs'])
    await mkdir(join(directory, part), { recursive: true });
  const architecture = (await runCommand('dpkg', ['--print-architecture'])).trim();
  await writeFile(join(directory, 'status'), '');
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
