import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runToExit } from '../../../simulator/console/finish.ts';

/* A process of finish.test.ts: once its stdin ends it writes to stdout, lets every consequence have its turn, and ends. */

runToExit('writes-late', async () => {
  await once(process.stdin.resume(), 'end');
  await new Promise((resolve) => process.stdout.write('is anybody there?\n', resolve));
  await nextTurn();
  return 1;
});
