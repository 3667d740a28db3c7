import type { Environment } from './environment.ts';
import { EnvironmentError, messageOf } from './environment-error.ts';
import type { EnvironmentOptions } from './environment-options.ts';
import { stderrProgress } from './progress.ts';
import { findRolePorts } from './role-ports.ts';
import { Run } from './run.ts';
import { RunningEnvironment } from './running-environment.ts';
import { startServers } from './servers.ts';

/**
 * Brings up the whole service: MySQL and Kafka, databases and topic, the migrated schema, and each role as a process of
 * its own that is restarted when it ends. Resolves when every role is ready; when anything fails, what was started is
 * ended again and an `EnvironmentError` says why.
 */
export const startEnvironment = async (options: EnvironmentOptions = {}): Promise<Environment> => {
  const progress = options.progress ?? stderrProgress;
  const run = await Run.open(options.directory);
  try {
    progress('starting MySQL and Kafka');
    const servers = await startServers({
      run,
      progress,
      ...(options.servers === undefined ? {} : { layout: options.servers }),
    });
    const environment = new RunningEnvironment(run, servers, await findRolePorts(options.apiPort), options, progress);
    try {
      await environment.start();
      return environment;
    } catch (cause) {
      await environment.stop();
      throw cause;
    }
  } catch (cause) {
    await run.close();
    throw cause instanceof EnvironmentError ? cause : new EnvironmentError(messageOf(cause), { cause });
  }
};
