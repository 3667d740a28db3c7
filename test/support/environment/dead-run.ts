import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DockerEngine } from '../../../tools/environment/docker-engine.ts';

const WATCHDOG = fileURLToPath(new URL('../../../tools/environment/watchdog.mjs', import.meta.url));

/** Does what is done when a run dies that had announced containers in `engine`; `directory` is where it keeps what goes with it. */
export const watchdogOfADeadRun = async (
  id: string,
  directory: string,
  engine: DockerEngine['connection'],
): Promise<void> => {
  const [data, environmentFile] = [join(directory, 'dead'), join(directory, 'dead.json')];
  const watchdog = spawn(process.execPath, [WATCHDOG, id, data, environmentFile], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  watchdog.stdin.end(`${JSON.stringify({ engine })}\n`);
  await once(watchdog, 'exit');
};
