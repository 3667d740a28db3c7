import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cached, cacheDirectory } from './cache.ts';
import { findProgram, runCommand } from './command.ts';
import { EnvironmentError } from './environment-error.ts';
import { findJava, unfitJava } from './java.ts';

export interface MavenProject {
  readonly java: string;
  /** Where the jars are that it needs. */
  readonly jars: string;
  /** Compiled classes and all jars they need. */
  readonly classPath: string;
}

const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const MAVEN_MS = 900_000;

const javaPath = async (): Promise<string> => {
  const java = await findJava();
  const unfit = typeof java === 'string' ? java : await unfitJava(java);
  if (typeof java === 'string' || unfit !== undefined) throw new EnvironmentError(`Java 17 is needed: ${unfit ?? ''}`);
  return java.path;
};

/** Changes with every file that Maven builds from. */
const fingerprintOf = async (folder: string): Promise<string> => {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(?:java|xml)$/.test(entry.name));
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).sort())
    hash.update(await readFile(path));
  return hash.digest('hex').slice(0, 12);
};

/** Builds the project in `folder` with Maven, outside the checkout; once for all runs. */
export const mavenProject = async (folder: string, progress: (line: string) => void): Promise<MavenProject> => {
  const name = basename(folder);
  const java = await javaPath();
  const built = await cached(
    join(cacheDirectory(), `maven-${name}-${await fingerprintOf(folder)}`),
    progress,
    async (unfinished) => {
      const maven = await findProgram('mvn');
      if (maven === undefined) throw new EnvironmentError(`no mvn on the PATH to fetch ${name} with`);
      progress(`${name}: building with Maven, which downloads it once`);
      const build = [`-DbuildDirectory=${unfinished}`, `-DoutputDirectory=${join(unfinished, 'lib')}`];
      await runCommand(maven, ['-B', '-q', '-f', join(folder, 'pom.xml'), 'compile', COPY_JARS, ...build], {
        timeoutMs: MAVEN_MS,
      });
    },
  );
  const jars = join(built, 'lib');
  return { java, jars, classPath: `${join(built, 'classes')}:${join(jars, '*')}` };
};
