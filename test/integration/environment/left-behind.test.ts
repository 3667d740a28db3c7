import { expect } from 'chai';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Run } from '../../../tools/environment/run.ts';
import { useDirectory, useOwnServers, withoutGivenServers } from '../../support/environment/own-servers.ts';
import { eventually, isRunning, runDirectories } from '../../support/environment/processes.ts';

const HOLDER = fileURLToPath(new URL('../../support/environment/hold-servers.ts', import.meta.url));

interface Held {
  readonly holder: ChildProcess;
  readonly pids: readonly number[];
  readonly nextLine: () => Promise<string>;
}

const holdServers = async (base: string, env: NodeJS.ProcessEnv = {}): Promise<Held> => {
  const holder = spawn(process.execPath, ['--import', 'tsx', HOLDER, base], {
    env: { ...withoutGivenServers(), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: holder.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line: IteratorResult<string> = await lines.next();
    if (line.done === true) throw new Error('the holder ended');
    return line.value;
  };
  const pids: unknown = JSON.parse(await nextLine());
  if (!Array.isArray(pids)) throw new Error('no list of processes');
  return { holder, pids: pids.map(Number), nextLine };
};

const everythingIsGone = (base: string, pids: readonly number[]) => async (): Promise<boolean> =>
  !pids.some(isRunning) && (await runDirectories(base)).length === 0;

/** The process whose command line contains `text`. */
const processOf = async (text: string): Promise<number> => {
  for (const name of await readdir('/proc'))
    if ((await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).includes(text)) return Number(name);
  throw new Error(`no process with ${text}`);
};

describe('nothing is left behind', function () {
  this.timeout(120_000);
  useOwnServers();
  const directory = useDirectory();

  it('when the process that holds the servers is killed by kill -9', async () => {
    const { holder, pids } = await holdServers(directory.path());
    expect(pids.map(isRunning)).to.deep.equal([true, true]);

    holder.kill('SIGKILL');

    await eventually('no server and no directory', everythingIsGone(directory.path(), pids));
  });

  it('when it is stopped by Ctrl-C', async () => {
    const { holder, pids } = await holdServers(directory.path());

    holder.kill('SIGINT');

    expect(await once(holder, 'exit')).to.deep.equal([0, null]);
    expect(await everythingIsGone(directory.path(), pids)()).to.equal(true);
  });

  it('when a second Ctrl-C cuts the stop short', async () => {
    const { holder, pids, nextLine } = await holdServers(directory.path(), { HOLD_STOP: 'never' });

    holder.kill('SIGINT');
    expect(await nextLine()).to.equal('stopping');
    holder.kill('SIGINT');

    expect(await once(holder, 'exit')).to.deep.equal([130, null]);
    await eventually('no server and no directory', everythingIsGone(directory.path(), pids));
  });

  it('by the next run, when the watchdog was killed as well', async () => {
    const base = join(directory.path(), 'both-killed');
    const { holder, pids } = await holdServers(base);
    const [name = ''] = await runDirectories(base);
    const watchdog = await processOf(`watchdog.mjs\0${name.slice('run-'.length)}\0`);

    process.kill(watchdog, 'SIGKILL');
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(pids.map(isRunning)).to.deep.equal([true, true]);
    const next = await Run.open(base);

    await eventually('no server', () => !pids.some(isRunning));
    expect(await runDirectories(base)).to.deep.equal([`run-${next.id}`]);
    await next.close();
  });

  it('and what a machine that lost its power left is removed by the next run, but not what is in use', async () => {
    const base = join(directory.path(), 'abandoned');
    const dead = join(base, 'run-of-a-dead-process');
    await mkdir(dead, { recursive: true });
    await writeFile(join(dead, 'owner.json'), JSON.stringify({ pid: process.pid, startedAt: 'before this process' }));
    const inUse = await Run.open(base);

    const next = await Run.open(base);

    expect((await readdir(base)).sort()).to.deep.equal([`run-${inUse.id}`, `run-${next.id}`].sort());
    await Promise.all([inUse.close(), next.close()]);
    expect(await readdir(base)).to.deep.equal([]);
  });
});
