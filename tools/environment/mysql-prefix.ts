import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, cacheDirectory, exists } from './cache.ts';
import { runCommand } from './command.ts';
import { unpackPackages } from './debian-packages.ts';
import type { Progress } from './progress.ts';

/*
 * A private MySQL server, taken from Debian's packages with Debian's own tools and checked by apt's signature. Only
 * Debian's unstable suite carries MySQL (the stable ones have MariaDB, another dialect), so its packages are unpacked
 * into a directory of the cache together with the libraries they need, down to the C library, and run from there.
 * Nothing is installed, and the machine's own package state is neither read nor changed.
 */

const SUITE = 'sid';

/** In the closure of the package, but not needed to run the server. */
const UNNEEDED =
  /^(perl|perl-base|perl-modules-.*|libperl.*|libgdbm.*|libdb5.*|libbz2.*|openssl-provider-legacy|libsasl2-modules.*|gcc-.*-base|libc-gconv.*|libcrypt1)$/;

/** Where the parts of an unpacked server are. */
export interface MySqlPrefix {
  readonly root: string;
  /** What the server says of its version. */
  readonly version: string;
  /** The program and first arguments that run the server with the libraries of the prefix. */
  readonly command: readonly [string, ...string[]];
}

const prefixPath = (): string => join(cacheDirectory(), `mysql-${process.arch}`);

const removeUnused = async (root: string): Promise<void> => {
  const shared = ['doc', 'man', 'locale', 'lintian', 'bug'].map((name) => join(root, 'usr/share', name));
  const libraries = (await readdir(join(root, 'usr/lib'))).map((name) => join(root, 'usr/lib', name, 'gconv'));
  for (const path of [...shared, ...libraries, join(root, 'usr/bin'), join(root, 'etc')])
    await rm(path, { recursive: true, force: true });
};

/** The server of the prefix, run by the prefix's own dynamic loader with the prefix's libraries. */
const commandOf = async (root: string): Promise<MySqlPrefix['command']> => {
  const libraries = await readdir(join(root, 'usr/lib'));
  const triplet = libraries.find((name) => name.endsWith('-linux-gnu'));
  for (const directory of ['usr/lib64', 'usr/lib']) {
    const names = await readdir(join(root, directory)).catch(() => []);
    const loader = names.find((name) => /^ld-linux.*\.so\.\d+$/.test(name));
    if (loader !== undefined && triplet !== undefined) {
      const path = [join(root, 'usr/lib', triplet), join(root, 'usr/lib/mysql/private')].join(':');
      return [join(root, directory, loader), '--library-path', path, join(root, 'usr/sbin/mysqld')];
    }
  }
  throw new Error(`no dynamic loader found below ${root}/usr/lib`);
};

export const isPrefixReady = (): Promise<boolean> => exists(prefixPath());

/** Gives the private server, downloading it first when the cache has none (about 50 MB, 180 MB unpacked). */
export const obtainMySqlPrefix = async (progress: Progress): Promise<MySqlPrefix> => {
  const root = await cached(prefixPath(), progress, async (unfinished) => {
    await unpackPackages({
      what: 'mysql',
      names: ['mysql-server-core'],
      unneeded: UNNEEDED,
      suite: SUITE,
      besideInstalled: false,
      size: 'about 50 MB',
      state: `${prefixPath()}.downloads`,
      into: unfinished,
      progress,
    });
    await removeUnused(unfinished);
    const [program, ...args] = await commandOf(unfinished);
    const version = await runCommand(program, [...args, '--no-defaults', '--version']);
    await writeFile(join(unfinished, 'version'), version.replace(/^.*Ver/, 'Ver'));
  });
  return { root, version: await readFile(join(root, 'version'), 'utf8'), command: await commandOf(root) };
};
