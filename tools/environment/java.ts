import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, runCommand } from './command.ts';
import { messageOf } from './environment-error.ts';

const OLDEST = 17;

export interface Java {
  readonly path: string;
  /** Changes when another Java is installed. */
  readonly identity: string;
}

/** A Java of version 17 or later from JAVA_HOME or the PATH, or why there is none. */
export const findJava = async (): Promise<Java | string> => {
  const home = process.env['JAVA_HOME'];
  const path = await findProgram('java', home === undefined || home === '' ? [] : [join(home, 'bin')]);
  if (path === undefined) return 'no java on the PATH';
  const real = await realpath(path);
  const { size, mtimeMs } = await stat(real);
  return { path, identity: `${real}:${size}:${Math.round(mtimeMs)}` };
};

/** Undefined, or why this Java cannot run the broker. */
export const unfitJava = async ({ path }: Java): Promise<string | undefined> => {
  try {
    const text = await runCommand(path, ['--version'], { timeoutMs: 30_000 });
    const major = Number(/(\d+)/.exec(text)?.[1] ?? '0');
    return major >= OLDEST ? undefined : `${path} is Java ${major}, and ${OLDEST} is the oldest that serves`;
  } catch (cause) {
    return `${path} does not run: ${messageOf(cause)}`;
  }
};
