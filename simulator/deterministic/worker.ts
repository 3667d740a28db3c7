import { isRight } from 'fp-ts/lib/Either.js';
import { judgeSeeds } from './judge-seeds.ts';
import { Task } from './worker-messages.ts';

/* A process that judges the seeds it is told to. It ends when its parent does; Ctrl-C is for the parent to decide. */

process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', (message) => {
  const task = Task.decode(message);
  if (!isRight(task)) throw new TypeError('not a task');
  const stopped = (): boolean => !process.connected;
  void judgeSeeds(task.right, { stopped }).then((outcome) => process.send?.(outcome));
});
