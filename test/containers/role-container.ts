import * as t from 'io-ts';
import { GenericContainer, Wait } from 'testcontainers';
import type { ExecResult, StartedTestContainer } from 'testcontainers';
import { askEngine } from '../../tools/environment/docker-engine.ts';
import type { Run } from '../../tools/environment/run.ts';
import { decoded } from '../support/decoded.ts';
import { engineConnection } from './engine-connection.ts';

export const SERVICE_IMAGE = process.env['ORDERLY_IMAGE'] ?? '';
const NODE = '/nodejs/bin/node';
const STOP_MS = 20_000;

const Inspection = t.type({
  State: t.type({ ExitCode: t.number, Running: t.boolean }),
  Config: t.type({ User: t.string, Labels: t.record(t.string, t.string) }),
  HostConfig: t.type({ ReadonlyRootfs: t.boolean }),
});
export type Inspection = t.TypeOf<typeof Inspection>;

/** As it is to be run: nothing can be written, no rights beyond those of its user. It shares the network of the machine. */
class ReadOnlyContainer extends GenericContainer {
  protected override beforeContainerCreated(): Promise<void> {
    Object.assign(this.hostConfig, {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
    });
    return Promise.resolve();
  }
}

/** A role of the image in a container of its own. */
export class RoleContainer {
  private constructor(private readonly container: StartedTestContainer) {}

  /** Resolves when the image's own health check passes. */
  static async start(run: Run, role: string, env: Record<string, string>): Promise<RoleContainer> {
    return new RoleContainer(await containerOf(run, role, env).withWaitStrategy(Wait.forHealthCheck()).start());
  }

  /** Runs a command to its end; fails unless that is exit code 0. */
  static async runOnce(run: Run, role: string, env: Record<string, string>): Promise<void> {
    await containerOf(run, role, env).withWaitStrategy(Wait.forOneShotStartup()).start();
  }

  /** Runs JavaScript in the container. */
  run(script: string): Promise<ExecResult> {
    return this.container.exec([NODE, '--eval', script]);
  }

  async inspect(): Promise<Inspection> {
    const { body } = await askEngine(engineConnection(), 'GET', `/containers/${this.container.getId()}/json`);
    return decoded(Inspection, JSON.parse(body));
  }

  /** SIGTERM to its first process, SIGKILL when that takes too long; what is left of it can be inspected. */
  async stop(): Promise<void> {
    await this.container.stop({ remove: false, timeout: STOP_MS });
  }
}

/** Removed with the other containers of the run. */
const containerOf = (run: Run, role: string, env: Record<string, string>): GenericContainer =>
  new ReadOnlyContainer(SERVICE_IMAGE)
    .withAutoCleanup(false)
    .withLabels({ 'orderly.run': run.id })
    .withNetworkMode('host')
    .withEnvironment({ HTTP_HOST: '127.0.0.1', ...env })
    .withCommand([role])
    .withStartupTimeout(90_000);
