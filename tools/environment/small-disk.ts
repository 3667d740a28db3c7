import { mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommand } from './command.ts';
import { EnvironmentError, messageOf } from './environment-error.ts';
import type { Run } from './run.ts';

/** Root of a namespace of one's own may mount; on this machine nothing changes, and nothing is left to unmount. */
const OWN_NAMESPACE = ['unshare', '--user', '--map-root-user', '--mount'] as const;
const READY_MS = 10_000;
const LOOK_EVERY_MS = 50;

/** Undefined, or why this machine cannot give a server a small disk. */
export const lackingForSmallDisk = async (): Promise<string | undefined> => {
  const [program, ...args] = OWN_NAMESPACE;
  try {
    await runCommand(program, [...args, 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', tmpdir()], {
      timeoutMs: READY_MS,
    });
    return undefined;
  } catch (cause) {
    return `no tmpfs can be mounted with ${OWN_NAMESPACE.join(' ')}: ${messageOf(cause)}`;
  }
};

/**
 * A tmpfs of limited size for the data of one server, seen only by processes that enter it. It is held by a process of
 * the run, so it outlives the server, whose restart finds its data again, and goes with the run.
 */
export class SmallDisk {
  /** Where the data is, for those who have entered. */
  readonly inside: string;
  /** The same directory for everybody else. */
  readonly outside: string;
  /** Put before a command, it enters. The command runs as root of the namespace: the user who started the run. */
  readonly enter: readonly [string, ...string[]];

  private constructor(holder: number, mountPoint: string) {
    this.inside = join(mountPoint, 'data');
    this.outside = `/proc/${holder}/root${this.inside}`;
    this.enter = ['nsenter', '--target', `${holder}`, '--user', '--mount', '--preserve-credentials', '--'];
  }

  static async open(run: Run, directory: string, megabytes: number): Promise<SmallDisk> {
    const mountPoint = join(directory, 'disk');
    const logFile = join(directory, 'disk.log');
    await mkdir(mountPoint, { recursive: true });
    const script = `mount -t tmpfs -o size=${megabytes}m tmpfs "$1" && mkdir "$1/data" && exec sleep infinity`;
    const holder = await run.spawn({
      name: 'disk',
      command: [...OWN_NAMESPACE, 'sh', '-c', script, 'sh', mountPoint],
      env: process.env,
      logFile,
    });
    const disk = new SmallDisk(holder.pid, mountPoint);
    const giveUpAt = performance.now() + READY_MS;
    while (holder.running && performance.now() < giveUpAt) {
      const isThere = await stat(disk.outside).then(
        () => true,
        () => false,
      );
      if (isThere) return disk;
      await pause(LOOK_EVERY_MS);
    }
    throw new EnvironmentError(`no disk of ${megabytes} MB could be made: ${await holder.logTail()}`);
  }
}
