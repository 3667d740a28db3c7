import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { clearInterval, setInterval } from 'node:timers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { withDirectoryLock } from './directory-lock.mjs';

/*
 * Plain JavaScript with Node's own modules only: it runs on a fresh clone, before anything is installed. It checks Node,
 * installs the dependencies when they are not those of package-lock.json, and then runs a TypeScript entry in this very
 * process, so that signals and the exit code need no forwarding.
 */

const OLDEST_NODE = [20, 19];
const PARENT_CHECK_MS = 1_000;

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Ends the process with one line that says what to do; exit code 2: could not run. */
export const giveUp = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(2);
};

const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  giveUp(`orderly needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.version} (${process.execPath})`);
};

const packagesOf = async (path) => {
  try {
    return JSON.parse(await readFile(path, 'utf8')).packages ?? {};
  } catch {
    return undefined;
  }
};

/** Compares contents, not file times: a checkout or a copy changes times without changing what is needed. */
const isInstalled = async () => {
  const wanted = await packagesOf(join(ROOT, 'package-lock.json'));
  const present = await packagesOf(join(ROOT, 'node_modules/.package-lock.json'));
  if (wanted === undefined) giveUp('package-lock.json is missing or is not JSON: restore it from the repository');
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional, devOptional, link }]) => {
    if (path === '' || link === true) return true;
    const found = present[path];
    if (found === undefined) return optional === true || devOptional === true;
    return found.version === version && found.integrity === integrity;
  });
};

const runNpm = (args) =>
  new Promise((resolve) => {
    const own = process.env.npm_execpath;
    const [program, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
    // stdout belongs to the entry's own output.
    const child = spawn(program, [...first, ...args], { cwd: ROOT, stdio: ['ignore', 2, 2] });
    child.once('error', (error) => giveUp(`npm could not be run: ${error.message}`));
    child.once('exit', (code) => resolve(code));
  });

const install = async () => {
  if (await isInstalled()) return;
  await withDirectoryLock(
    join(ROOT, '.order', 'install.lock'),
    async () => {
      if (await isInstalled()) return;
      process.stderr.write('installing dependencies: npm ci\n');
      const code = await runNpm(['ci', '--include=dev', '--no-audit', '--no-fund']);
      if (code !== 0) giveUp(`npm ci failed with exit code ${code}: see above; nothing was started`);
    },
    () => process.stderr.write('waiting for another process that installs the dependencies\n'),
  );
};

/** npm, when our parent is the shell that npm runs scripts with. Undefined where /proc does not tell. */
const npmBehindShell = (shell) => {
  try {
    const [, option] = readFileSync(`/proc/${shell}/cmdline`, 'utf8').split('\0');
    const stat = readFileSync(`/proc/${shell}/stat`, 'utf8');
    return option === '-c' ? Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) : undefined;
  } catch {
    return undefined;
  }
};

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/**
 * npm passes signals on only as far as its shell, and none when it is killed. We must not go on running then, where no
 * Ctrl-C reaches us any more.
 */
const endWithNpm = () => {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const npm = npmBehindShell(parent) ?? parent;
  const watch = setInterval(() => {
    if (process.ppid === parent && isAlive(npm)) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  watch.unref();
};

/** Runs the TypeScript file `entry`, a path below the root of the checkout, with the arguments of this process. */
export const runEntry = async (entry) => {
  checkNode();
  endWithNpm();
  await install();
  const path = join(ROOT, entry);
  process.argv[1] = path;
  await import('tsx');
  await import(pathToFileURL(path).href);
};
