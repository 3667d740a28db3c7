import { EnvironmentError } from '../../../tools/environment/environment-error.ts';
import { Run } from '../../../tools/environment/run.ts';
import { startServers } from '../../../tools/environment/servers.ts';
import { stopOnSignal } from '../../../tools/stop-on-signal.ts';

/*
 * Brings up servers below the directory in its first argument, tells their process IDs as a line of JSON and holds them
 * until a signal. `HOLD_STOP=never`: a stop that takes for ever.
 */

const [base] = process.argv.slice(2);

try {
  const run = await Run.open(base);
  const servers = await startServers({ run });
  stopOnSignal(() => {
    process.stdout.write('stopping\n');
    return process.env['HOLD_STOP'] === 'never' ? new Promise(() => undefined) : servers.stop();
  });
  process.stdout.write(`${JSON.stringify([servers.mysql?.pid, servers.kafka?.pid])}\n`);
  setInterval(() => undefined, 60_000);
} catch (cause) {
  if (!(cause instanceof EnvironmentError)) throw cause;
  process.stderr.write(`${cause.message}\n`);
  process.exitCode = cause.exitCode;
}
