import { runCommand } from '../environment/command.ts';

/** What npm tells the scripts it runs about the project they belong to; another npm must not take it for its own. */
const OF_ANOTHER_PROJECT = /^(npm_(package|lifecycle)_|npm_config_local_prefix$|INIT_CWD$)/;

const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_ANOTHER_PROJECT.test(name)));

/** Runs the npm that runs us, or else the one on the PATH, in the project at `cwd`; gives its stdout. */
export const runNpm = (cwd: string, args: readonly string[]): Promise<string> => {
  const own = process.env['npm_execpath'];
  const [program, first] = own?.endsWith('.js') === true ? [process.execPath, [own]] : ['npm', []];
  return runCommand(program, [...first, ...args], { cwd, env: environment() });
};
