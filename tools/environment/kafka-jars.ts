import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, cacheDirectory, exists } from './cache.ts';
import { findProgram, runCommand } from './command.ts';
import type { Progress } from './progress.ts';

/*
 * Kafka's own jars from Maven Central, fetched by Maven and accepted only with the checksums of `kafka-jars.sha256`
 * (the format of sha256sum). After a change of `kafka-pom.xml`, write that file anew from a directory that was checked
 * by other means.
 */

const POM = fileURLToPath(new URL('kafka-pom.xml', import.meta.url));
const LOCK = fileURLToPath(new URL('kafka-jars.sha256', import.meta.url));
const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

const readLock = async (): Promise<{ readonly key: string; readonly sums: ReadonlyMap<string, string> }> => {
  const text = await readFile(LOCK, 'utf8');
  const lines = [...text.matchAll(/^([0-9a-f]{64})\s+(\S+)$/gm)];
  const sums = new Map(lines.map(([, sum = '', name = '']) => [name, sum]));
  return { key: sha256(text).slice(0, 12), sums };
};

const jarsPath = (key: string): string => join(cacheDirectory(), `kafka-jars-${key}`);

/** Throws when a locked jar is missing or has another content; removes what the lock does not name. */
const checkJars = async (directory: string, sums: ReadonlyMap<string, string>): Promise<void> => {
  const present = new Set(await readdir(directory));
  for (const [name, expected] of sums) {
    if (!present.has(name)) throw new Error(`Maven did not bring ${name}`);
    const actual = sha256(await readFile(join(directory, name)));
    if (actual !== expected) throw new Error(`${name} has checksum ${actual}, expected ${expected}: not used`);
  }
  for (const name of present) if (!sums.has(name)) await rm(join(directory, name), { recursive: true });
};

export const areKafkaJarsReady = async (): Promise<boolean> => exists(jarsPath((await readLock()).key));

/** The directory of the broker's jars, downloaded when the cache has none (37 MB), and a key that names their content. */
export const obtainKafkaJars = async (
  progress: Progress,
): Promise<{ readonly directory: string; readonly key: string; readonly names: readonly string[] }> => {
  const { key, sums } = await readLock();
  const directory = await cached(jarsPath(key), progress, async (unfinished) => {
    const maven = await findProgram('mvn');
    if (maven === undefined) throw new Error("no mvn on the PATH to fetch Kafka's jars with");
    progress("kafka: downloading the broker's jars with Maven (37 MB, once)");
    const target = `${unfinished}.maven`;
    await rm(target, { recursive: true, force: true });
    await mkdir(target, { recursive: true });
    await runCommand(maven, ['-B', '-q', '-f', POM, GOAL, `-DoutputDirectory=${target}`], { timeoutMs: 600_000 });
    await checkJars(target, sums);
    await rename(target, unfinished);
  });
  return { directory, key, names: [...sums.keys()].sort() };
};
