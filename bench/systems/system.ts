import type { Environment } from '../../tools/environment/environment.ts';

/**
 * How the driver has events committed: by a statement of its own, after which it may ring relays as the API does; or by
 * telling the process that listens on the port to.
 */
export type CommitsBy = { readonly rings: boolean } | { readonly port: number };

/** A running system under measurement. */
export interface RunningSystem {
  /** Its processes, without MySQL and Kafka: name in the result, process ID. */
  readonly processes: ReadonlyMap<string, number>;
  /** Undefined: by the driver, which rings nobody. */
  readonly commitsBy?: CommitsBy;
  stop(): Promise<void>;
}

/** Something that publishes what is in the outbox. */
export interface BenchSystem {
  readonly name: string;
  /** One line for people. */
  readonly describe: string;
  /** Most events in a backlog: it would take all day with more. */
  readonly atMost?: number;
  /** For what must be there before the first event: called on an empty outbox, it answers what to start in its place. */
  prepare?(
    environment: Environment,
    logDirectory: string,
    progress: (line: string) => void,
  ): Promise<Pick<BenchSystem, 'start'>>;
  /** Resolves when it is at work. */
  start(environment: Environment, logDirectory: string): Promise<RunningSystem>;
}
