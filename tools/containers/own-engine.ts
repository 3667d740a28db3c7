import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findProgram, runCommand } from '../environment/command.ts';
import { lackingForPackages } from '../environment/debian-packages.ts';
import { askEngine, type DockerEngine } from '../environment/docker-engine.ts';
import type { ManagedProcess } from '../environment/managed-process.ts';
import type { Progress } from '../environment/progress.ts';
import type { Run } from '../environment/run.ts';
import { obtainContainerTools } from './container-tools.ts';

/** Networks that an engine makes for its containers, and leaves behind when it is ended before them. */
const BRIDGE = /^(docker0|br-[0-9a-f]{12})$/;
const bridges = async (): Promise<readonly string[]> =>
  (await readdir('/sys/class/net')).filter((name) => BRIDGE.test(name));

const READY_MS = 30_000;
const STOP_MS = 20_000;

/** What this machine lacks to run an engine of its own; empty when nothing does. */
export const lackingForOwnEngine = async (): Promise<readonly string[]> => {
  const lacking = process.getuid?.() === 0 ? [] : ['root'];
  for (const program of ['unshare', 'ip', 'ldd', 'tar'])
    if ((await findProgram(program)) === undefined) lacking.push(program);
  return [...lacking, ...(await lackingForPackages())];
};

const answers = (connection: DockerEngine['connection']): Promise<boolean> =>
  askEngine(connection, 'GET', '/_ping', 1_000).then(
    ({ status }) => status === 200,
    () => false,
  );

const untilReady = async (connection: DockerEngine['connection'], daemon: ManagedProcess): Promise<void> => {
  const giveUpAt = performance.now() + READY_MS;
  while (!(await answers(connection))) {
    if (!daemon.running || performance.now() > giveUpAt)
      throw new Error(`the Docker engine does not answer:\n${await daemon.logTail()}`);
    await pause(100);
  }
};

/**
 * In a container's own network the engine leads questions for names to itself by a rule of iptables. Where this machine has none, this
 * is the one of `tools`, with the libraries that lie there.
 */
const addIptables = async (directory: string, tools: string): Promise<void> => {
  if ((await findProgram('iptables')) !== undefined) return;
  const lib = join(tools, 'usr/lib');
  const triplet = (await readdir(lib)).find((name) => name.endsWith('-linux-gnu'));
  if (triplet === undefined) throw new Error(`${lib} has no libraries of this machine`);
  const libraries = join(lib, triplet);
  const script = `#!/bin/sh
LD_LIBRARY_PATH=${libraries} XTABLES_LIBDIR=${join(libraries, 'xtables')} exec ${join(tools, 'usr/sbin/xtables-nft-multi')} iptables "$@"
`;
  await writeFile(join(directory, 'iptables'), script, { mode: 0o755 });
};

export interface OwnEngine {
  readonly engine: DockerEngine;
  /** Ends its containers and itself in order, so that nothing of theirs is left mounted. Safe to call more than once. */
  stop(): Promise<void>;
}

/**
 * An engine that belongs to this run: its socket, images and containers lie in the run's directory. It changes no rule of the
 * machine's firewall, only those of networks that it makes for containers; published ports are passed on by a process each.
 */
export const startOwnEngine = async (run: Run, progress: Progress): Promise<OwnEngine> => {
  const tools = await obtainContainerTools(progress);
  const had = await bridges();
  const directory = join(run.directory, 'docker');
  const programs = join(directory, 'bin');
  await mkdir(programs, { recursive: true });
  await addIptables(programs, tools);
  const socketPath = join(directory, 'docker.sock');
  progress('docker: starting an engine');
  const daemon = await run.spawn({
    name: 'dockerd',
    command: [
      // What it mounts is gone with it, however it ends.
      ...(['unshare', '--mount', '--propagation', 'slave'] as const),
      join(tools, 'usr/sbin/dockerd'),
      '--iptables=false',
      '--ip6tables=false',
      '--storage-driver=overlay2',
      `--data-root=${join(directory, 'data')}`,
      `--exec-root=${join(directory, 'exec')}`,
      `--pidfile=${join(directory, 'dockerd.pid')}`,
      `--host=unix://${socketPath}`,
    ],
    env: {
      ...process.env,
      PATH: [programs, join(tools, 'usr/bin'), join(tools, 'usr/sbin'), process.env['PATH'] ?? ''].join(':'),
    },
    logFile: join(run.directory, 'dockerd.log'),
  });
  const engine = { at: `unix://${socketPath}`, connection: { socketPath }, mayPull: false };
  await untilReady(engine.connection, daemon);
  const end = async (): Promise<void> => {
    await daemon.stop(STOP_MS);
    for (const bridge of await bridges()) if (!had.includes(bridge)) await runCommand('ip', ['link', 'delete', bridge]);
  };
  let ended: Promise<void> | undefined;
  return { engine, stop: () => (ended ??= end()) };
};
