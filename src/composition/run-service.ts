import * as E from 'fp-ts/lib/Either.js';
import type { Container } from 'inversify';
import { describeCause } from '../application/describe-cause.ts';
import { decodeServiceConfig } from '../infrastructure/config.ts';
import { obeyFaultSignal } from '../infrastructure/faults-on-signal.ts';
import { processLaunch, stopRequested } from '../interfaces/cli/process-launch.ts';
import type { Launch } from '../interfaces/cli/process-launch.ts';
import { runServiceCli } from '../interfaces/cli/service-cli.ts';
import type { ExitCode } from '../interfaces/cli/terminal.ts';
import { createService } from './create-service.ts';
import type { Service } from './create-service.ts';
import { KafkaClientMissing } from './load-publishing-client.ts';
import { settingsRefused } from './settings-refused.ts';

/**
 * Runs a process of the service until SIGTERM or SIGINT: `--role api|relay|all|janitor`. Answers its exit code: 0 stopped
 * when asked, 2 could not start.
 */
export const runService = (
  rebind?: (container: Container) => void,
  { argv, env, terminal }: Launch = processLaunch(),
): Promise<ExitCode> =>
  runServiceCli(argv, terminal, async (role) => {
    const config = decodeServiceConfig(env);
    if (E.isLeft(config)) {
      for (const line of settingsRefused(config.left).problems) terminal.err(`orderly: ${line}`);
      return 2;
    }
    obeyFaultSignal(config.right.faultsOnSignal);
    let service: Service;
    try {
      service = await createService(config.right, role, rebind);
    } catch (error) {
      if (!(error instanceof KafkaClientMissing)) throw error;
      terminal.err(`orderly: ${error.message}`);
      return 2;
    }
    try {
      await service.start();
    } catch (error) {
      terminal.err(
        `orderly: cannot listen: ${describeCause(error)}; set HTTP_HOST, HTTP_PORT, RELAY_HTTP_PORT or JANITOR_HTTP_PORT`,
      );
      await service.stop();
      return 2;
    }
    const signal = await stopRequested();
    service.log.info({ signal }, 'stopping');
    await service.stop();
    return 0;
  });
