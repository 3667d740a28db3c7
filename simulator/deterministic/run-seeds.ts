import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { isRight } from 'fp-ts/lib/Either.js';
import { Outcome } from './worker-messages.ts';
import type { FailingSeed, Task } from './worker-messages.ts';

export interface SeedsSoFar {
  readonly histories: number;
  readonly events: number;
  /** By seed. */
  readonly failing: readonly FailingSeed[];
}

export interface RunSeedsOptions {
  readonly from: number;
  readonly count: number;
  readonly processes: number;
  /** Ends the run between two histories. */
  readonly signal: AbortSignal;
  readonly progress: (soFar: SeedsSoFar) => void;
}

const SEEDS_A_TASK = 20;
/** So many failing seeds say enough. */
const FAILING_ENOUGH = 5;
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** A process that runs histories. One of them answers one task after the other. */
class Worker {
  private readonly child = fork(WORKER, { execArgv: ['--import', import.meta.resolve('tsx')] });
  private readonly ended: Promise<unknown[]> = once(this.child, 'exit');
  private readonly died = this.ended.then(([code, signal]) => {
    throw new Error(`a process that runs histories ended (${String(signal ?? code)})`);
  });

  constructor() {
    // Told to whoever waits for an answer; nobody does when it ends as it should.
    this.died.catch(() => undefined);
  }

  async ask(task: Task): Promise<Outcome> {
    this.child.send(task);
    const answer = once(this.child, 'message').then(([message]: unknown[]) => message);
    const outcome = Outcome.decode(await Promise.race([answer, this.died]));
    if (!isRight(outcome)) throw new Error('a process that runs histories answered something else');
    return outcome.right;
  }

  async end(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    await this.ended;
  }
}

/**
 * Judges `count` histories in several processes, in bounded memory. It ends early when stopped, and when enough of
 * them fail; `histories` tells how many there were. Rejects when one of the processes breaks down.
 */
export const runSeeds = async ({ from, count, processes, signal, progress }: RunSeedsOptions): Promise<SeedsSoFar> => {
  let next = from;
  let soFar: SeedsSoFar = { histories: 0, events: 0, failing: [] };
  const isOver = (): boolean => signal.aborted || next >= from + count || soFar.failing.length >= FAILING_ENOUGH;
  const work = async (): Promise<void> => {
    const worker = new Worker();
    try {
      while (!isOver()) {
        const task = { from: next, count: Math.min(SEEDS_A_TASK, from + count - next) };
        next += task.count;
        const { histories, events, failing } = await worker.ask(task);
        soFar = {
          histories: soFar.histories + histories,
          events: soFar.events + events,
          failing: [...soFar.failing, ...failing].sort((a, b) => a.seed - b.seed),
        };
        progress(soFar);
      }
    } finally {
      await worker.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(processes, count) }, work));
  return soFar;
};
