import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheDirectory } from './cache.ts';
import { findProgram, runCommand } from './command.ts';
import { EnvironmentError, messageOf } from './environment-error.ts';
import { lackingForPackages } from './debian-packages.ts';
import { isPrefixReady, type MySqlPrefix, obtainMySqlPrefix } from './mysql-prefix.ts';
import { startPair } from './mysql-pair.ts';
import { probeMySql } from './mysql-probe.ts';
import { NativeServer } from './native-server.ts';
import { grantsFor, MYSQL_SETTINGS, mysqlUrlAt, newPassword } from './mysql-settings.ts';
import { findPort } from './ports.ts';
import type { Progress } from './progress.ts';
import type { Run } from './run.ts';
import type { ServerLayout } from './server-layout.ts';
import type { ServerName } from './server-process.ts';
import { SmallDisk } from './small-disk.ts';

/** An installed or unpacked MySQL server. */
interface MySqlInstallation {
  readonly version: string;
  readonly command: readonly [string, ...string[]];
  /** Settings that tell an unpacked server where its files are. */
  readonly settings: readonly string[];
}

/** Beside the settings that every way shares: small and quick to start, and closed to the outside. */
const SERVER_SETTINGS: readonly string[] = [
  ...MYSQL_SETTINGS,
  'bind_address=127.0.0.1',
  'innodb_redo_log_capacity=128M',
];

const runAsUser = (): readonly string[] => (process.getuid?.() === 0 ? ['user=root'] : []);

const optionFile = (installation: MySqlInstallation, more: readonly string[]): string =>
  ['[mysqld]', ...installation.settings, ...SERVER_SETTINGS, ...runAsUser(), ...more, ''].join('\n');

/** Undefined, or why a `mysqld` with this version line cannot serve. */
export const unfitVersion = (versionLine: string): string | undefined => {
  if (/mariadb/i.test(versionLine)) return 'it is MariaDB, which speaks another dialect';
  const version = /Ver\s+(\d+)\.(\d+)/.exec(versionLine);
  if (version === null) return `its version could not be read from "${versionLine.trim()}"`;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > 8 || (major === 8 && minor >= 4)
    ? undefined
    : `it is ${major}.${minor}, and 8.4 is the oldest that serves`;
};

const installed = async (): Promise<MySqlInstallation | string> => {
  const path = await findProgram('mysqld', ['/usr/sbin', '/usr/local/sbin', '/usr/local/mysql/bin']);
  if (path === undefined) return 'no mysqld on the PATH';
  try {
    const version = await runCommand(path, ['--no-defaults', '--version'], { timeoutMs: 10_000 });
    const unfit = unfitVersion(version);
    return unfit === undefined ? { version, command: [path], settings: [] } : `${path} cannot serve: ${unfit}`;
  } catch (cause) {
    return `${path} does not run: ${messageOf(cause)}`;
  }
};

const unpacked = ({ root, version, command }: MySqlPrefix): MySqlInstallation => ({
  version,
  command,
  settings: [
    `basedir=${root}/usr`,
    `lc_messages_dir=${root}/usr/share/mysql`,
    `character_sets_dir=${root}/usr/share/mysql/charsets`,
    `plugin_dir=${root}/usr/lib/mysql/plugin`,
  ],
});

/** Freshly initialised data, made once per server version and copied for each run. */
const dataTemplate = (installation: MySqlInstallation, progress: Progress): Promise<string> => {
  const identity = JSON.stringify([installation.version, installation.command, SERVER_SETTINGS]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  return cached(join(cacheDirectory(), `mysql-data-${key}`), progress, async (unfinished) => {
    progress('mysql: initialising data (once)');
    const options = `${unfinished}.cnf`;
    await writeFile(options, optionFile(installation, [`datadir=${unfinished}`]));
    const [program, ...args] = installation.command;
    await runCommand(program, [...args, `--defaults-file=${options}`, '--initialize-insecure'], { timeoutMs: 120_000 });
    // Each server makes its own identity and begins its own binary log.
    const own = (await readdir(unfinished)).filter((name) => name === 'auto.cnf' || name.startsWith('binlog.'));
    for (const name of own) await rm(join(unfinished, name));
    await rm(options);
  });
};

/** One server to be started, and what it is made of. */
interface MySqlPlan {
  readonly run: Run;
  readonly installation: MySqlInstallation;
  readonly template: string;
  readonly password: string;
  readonly name: ServerName;
  readonly layout: ServerLayout;
}

const layOut = async ({ run, installation, template, password, name, layout }: MySqlPlan) => {
  const { mysqlSettings = [], disks = {} } = layout;
  const port = await findPort();
  const directory = join(run.directory, `${name}-${port}`);
  const options = join(directory, 'my.cnf');
  const grants = join(directory, 'grants.sql');
  await mkdir(directory, { recursive: true });
  const disk = disks.mysql === undefined ? undefined : await SmallDisk.open(run, directory, disks.mysql);
  const data = disk?.inside ?? join(directory, 'data');
  await cp(template, disk?.outside ?? data, { recursive: true, mode: constants.COPYFILE_FICLONE });
  await writeFile(grants, grantsFor(password), { mode: 0o600 });
  const own = [
    `datadir=${data}`,
    `port=${port}`,
    // Relative to the data directory: the path of a socket may have 107 bytes only.
    'socket=mysql.sock',
    'pid_file=mysqld.pid',
    `init_file=${grants}`,
    ...(disk === undefined ? [] : ['user=root']),
    ...mysqlSettings,
  ];
  await writeFile(options, optionFile(installation, own));
  return { port, options, disk, logFile: join(directory, 'mysqld.log') };
};

export interface StartedMySql {
  /** `mysql://user:password@host:port`, a user who may do everything. */
  readonly url: string;
  readonly process: NativeServer;
  /** Directory on its small disk, when it has one. */
  readonly disk?: string;
  /** The server that follows it, when it has one. */
  readonly replica?: Pick<StartedMySql, 'url' | 'process'>;
}

const startServer = async (plan: MySqlPlan): Promise<StartedMySql> => {
  const { run, installation, password, name } = plan;
  let own: SmallDisk | undefined;
  const server = await NativeServer.start(async () => {
    const { port, options, disk, logFile } = await layOut(plan);
    own = disk;
    const address = `127.0.0.1:${port}`;
    const start = [...installation.command, `--defaults-file=${options}`] as const;
    return {
      name,
      address,
      logFile,
      launch: () =>
        run.spawn({
          name,
          command: disk === undefined ? start : [...disk.enter, ...start],
          env: process.env,
          logFile,
        }),
      probe: () => probeMySql(mysqlUrlAt(address, password)),
    };
  });
  return {
    url: mysqlUrlAt(server.address, password),
    process: server,
    ...(own === undefined ? {} : { disk: own.outside }),
  };
};

const startInstallation = async (
  run: Run,
  installation: MySqlInstallation,
  progress: Progress,
  layout: ServerLayout,
): Promise<StartedMySql> => {
  const template = layout.mysqlData ?? (await dataTemplate(installation, progress));
  // The same for both of a pair, so that their addresses are all that tells them apart.
  const password = newPassword();
  const start = (name: ServerName, own: ServerLayout): Promise<StartedMySql> =>
    startServer({ run, installation, template, password, name, layout: own });
  return layout.replication === undefined ? start('mysql', layout) : startPair(layout.replication, layout, start);
};

/** Whether a native server can start without a download. */
export const isNativeMySqlReady = async (): Promise<boolean> =>
  (await isPrefixReady()) || typeof (await installed()) !== 'string';

/** Starts a `mysqld` of this machine, else the private one; fails with what both lacked. */
export const startNativeMySql = async (
  run: Run,
  progress: Progress,
  layout: ServerLayout = {},
): Promise<StartedMySql> => {
  const reasons: string[] = [];
  const local = await installed();
  if (typeof local === 'string') reasons.push(local);
  else
    try {
      return await startInstallation(run, local, progress, layout);
    } catch (cause) {
      reasons.push(messageOf(cause));
    }
  const lacking = (await isPrefixReady()) ? [] : await lackingForPackages();
  if (lacking.length > 0) reasons.push(`Debian's mysql-server-core cannot be unpacked without ${lacking.join(', ')}`);
  else
    try {
      return await startInstallation(run, unpacked(await obtainMySqlPrefix(progress)), progress, layout);
    } catch (cause) {
      reasons.push(`Debian's mysql-server-core: ${messageOf(cause)}`);
    }
  throw new EnvironmentError(reasons.join('; '));
};
