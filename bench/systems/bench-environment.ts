import type { Environment } from '../../tools/environment/environment.ts';
import { startEnvironment } from '../../tools/environment/start-environment.ts';
import { PARTITIONS } from '../events/outbox-row.ts';

export interface BenchEnvironmentOptions {
  /** Exists; for the logs of all processes. */
  readonly logDirectory: string;
  readonly progress: (line: string) => void;
  /** Settings of our relay that are not its defaults. */
  readonly relayEnv?: Readonly<Record<string, string>>;
}

/** A real MySQL and a real Kafka with the service's schema and topic, nothing of the service running; stopped at the end. */
export const inEnvironment = async <A>(
  { logDirectory, progress, relayEnv }: BenchEnvironmentOptions,
  act: (environment: Environment) => Promise<A>,
): Promise<A> => {
  const environment = await startEnvironment({
    roles: [],
    topic: { partitions: PARTITIONS },
    logDirectory,
    progress,
    env: {
      relay: { LOG_LEVEL: 'warn', ...relayEnv },
      janitor: { LOG_LEVEL: 'warn', OUTBOX_RETENTION: '1d', JANITOR_EVERY: '1s' },
    },
  });
  try {
    return await act(environment);
  } finally {
    await environment.stop();
  }
};
