import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exists } from '../environment/cache.ts';
import { findProgram, runCommand } from '../environment/command.ts';
import { lackingForPackages } from '../environment/debian-packages.ts';
import { askEngine, type DockerEngine } from '../environment/docker-engine.ts';
import type { ManagedProcess } from '../environment/managed-process.ts';
import type { Progress } from '../environment/progress.ts';
import type { Run } from '../environment/run.ts';
import { obtainContainerTools } from './container-tools.ts';

/** The network that an engine makes for its containers and leaves behind. */
const BRIDGE = '/sys/class/net/docker0';
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

export interface OwnEngine {
  readonly engine: DockerEngine;
  /** Ends its containers and itself in order, so that nothing of theirs is left mounted. */
  stop(): Promise<void>;
}

/**
 * An engine that belongs to this run: its socket, images and containers lie in the run's directory. It changes no rule of the
 * machine's firewall; published ports are passed on by a process each.
 */
export const startOwnEngine = async (run: Run, progress: Progress): Promise<OwnEngine> => {
  const tools = await obtainContainerTools(progress);
  const hadBridge = await exists(BRIDGE);
  const directory = join(run.directory, 'docker');
  await mkdir(directory);
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
      PATH: [join(tools, 'usr/bin'), join(tools, 'usr/sbin'), process.env['PATH'] ?? ''].join(':'),
    },
    logFile: join(run.directory, 'dockerd.log'),
  });
  const engine = { at: `unix://${socketPath}`, connection: { socketPath }, mayPull: false };
  await untilReady(engine.connection, daemon);
  const stop = async (): Promise<void> => {
    await daemon.stop(STOP_MS);
    if (!hadBridge && (await exists(BRIDGE))) await runCommand('ip', ['link', 'delete', 'docker0']);
  };
  return { engine, stop };
};
