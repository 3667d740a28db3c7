import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually } from './eventually.ts';
import { send } from './http-client.ts';
import { OPERATOR_TOKEN } from './running-service.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ServiceProcess {
  readonly url: string;
  /** All it has written to stdout: JSON lines. */
  readonly log: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when it has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** A busy machine takes its time to load a program. */
const START_MS = 60_000;

/** `main.ts --role …` as its own process on free ports; resolves when it is ready. */
export const startServiceProcess = async (
  role: 'api' | 'relay' | 'all' | 'janitor',
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts', '--role', role], {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HTTP_PORT: '0',
      RELAY_HTTP_PORT: '0',
      JANITOR_HTTP_PORT: '0',
      OPERATOR_TOKEN,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let log = '';
  child.stdout.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  const kill = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  try {
    const url = await eventually(() => {
      const address = /"address":"([^"]+)"/.exec(log)?.[1];
      if (address === undefined) throw new Error(`the process does not listen: ${log}`);
      return address;
    }, START_MS);
    await eventually(async () => {
      const { status, body } = await send(url, { method: 'GET', path: '/readyz' });
      if (status !== 200) throw new Error(`the process is not ready: ${body}`);
    });
    return { url, log: () => log, kill, ended };
  } catch (cause) {
    kill('SIGKILL');
    throw cause;
  }
};
