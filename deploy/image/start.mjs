import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

/*
 * The first process of the image: it becomes the role that its first argument names, in this very process, so that signals reach the
 * role. Roles stop in order when they get SIGTERM; a command that runs once ends at once.
 */

const PROGRAMS = {
  api: ['src/main.js', '--role', 'api'],
  relay: ['src/main.js', '--role', 'relay'],
  janitor: ['src/main.js', '--role', 'janitor'],
  payment: ['simulator/participants/payment/main.js'],
  shipping: ['simulator/participants/shipping/main.js'],
  migrate: ['src/order.js', 'migrate'],
  order: ['src/order.js'],
};
const RUN_ONCE = ['migrate', 'order'];

const [role, ...args] = process.argv.slice(2);

if (role === undefined || !Object.hasOwn(PROGRAMS, role)) {
  process.stderr.write(`expected one of ${Object.keys(PROGRAMS).join(', ')}, not ${role ?? 'nothing'}\n`);
  process.exit(2);
}
// The first process of a container has no default for signals.
if (RUN_ONCE.includes(role) || args.length > 0)
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => process.exit(130));

const [program, ...own] = PROGRAMS[role];
const path = join(import.meta.dirname, program);
process.argv = [process.execPath, path, ...own, ...args];
await import(pathToFileURL(path).href);
