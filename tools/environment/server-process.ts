import { setTimeout as pause } from 'node:timers/promises';
import type { Signals } from './signals.ts';

/** All but `mysql` and `kafka`: further nodes of a cluster. */
export type ServerName = 'mysql' | 'mysql-replica' | 'kafka' | 'kafka-2' | 'kafka-3' | 'kafka-controller';

/**
 * A database or broker that belongs to this environment and that faults may be injected into. Its data and its port
 * stay the same over kills and restarts.
 */
export interface ServerProcess {
  readonly name: ServerName;
  /** `host:port` on the loopback interface. */
  readonly address: string;
  /** Undefined while it is down. For a server in a container: the process on the engine's machine. */
  readonly pid: number | undefined;
  /**
   * Sends a signal. For SIGKILL and SIGTERM it resolves once the server is gone, for SIGSTOP and SIGCONT at once.
   * Nothing restarts it but `restart`.
   */
  kill(signal: Signals): Promise<void>;
  /** Starts it on its old data and port (killed first when it still runs); resolves when it answers again. */
  restart(): Promise<void>;
  /** `listener` is called after each start and each end. */
  onChange(listener: () => void): void;
}

/** Asks `probe` until it answers. Fails with `giveUp`'s error when that gives one, or when the time is over. */
export const untilAnswering = async (options: {
  readonly what: string;
  readonly probe: () => Promise<void>;
  readonly deadlineMs: number;
  readonly giveUp: () => Error | undefined;
}): Promise<void> => {
  const deadline = performance.now() + options.deadlineMs;
  for (;;) {
    const ended = options.giveUp();
    if (ended !== undefined) throw ended;
    try {
      await options.probe();
      return;
    } catch (cause) {
      if (performance.now() > deadline)
        throw new Error(`${options.what} did not answer within ${options.deadlineMs / 1_000} s`, { cause });
      await pause(30);
    }
  }
};
