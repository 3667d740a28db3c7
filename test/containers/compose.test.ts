import { expect } from 'chai';
import * as t from 'io-ts';
import { askEngine } from '../../tools/environment/docker-engine.ts';
import { messageOf } from '../../tools/environment/environment-error.ts';
import { findPort } from '../../tools/environment/ports.ts';
import { Run } from '../../tools/environment/run.ts';
import { imageEnv } from '../../tools/image/dockerfile.ts';
import { decoded } from '../support/decoded.ts';
import { watchdogOfADeadRun } from '../support/environment/dead-run.ts';
import { ComposeProject } from './compose-project.ts';
import { deliveredOrder } from './delivered-order.ts';
import { engineConnection } from './engine-connection.ts';

/* The Dockerfile with both its stages, and the compose file as it is: its images are named by the variables that both have for that. */

const BUILT = 'orderly.invalid/orderly:built';
const SERVICES = ['mysql', 'kafka', 'api', 'relay', 'relay-2', 'janitor', 'payment', 'shipping'];
/** Those that end when they have done their work: migrate and topic. */
const ONCE = 2;

const Many = t.array(t.unknown);
const Image = t.type({
  Config: t.type({
    User: t.string,
    Env: t.array(t.string),
    Entrypoint: t.array(t.string),
    Cmd: t.array(t.string),
    Labels: t.record(t.string, t.string),
  }),
});
const Listed = t.array(t.type({ Service: t.string, State: t.string, Health: t.string }));

describe('the Dockerfile and the compose file', function () {
  this.timeout(300_000);
  let run: Run;
  let project: ComposeProject | undefined;
  let apiUrl: string;
  const compose = (...args: readonly string[]): Promise<string> =>
    project?.run(...args) ?? Promise.reject(new Error('there is no Compose'));

  before(async () => {
    run = await Run.open();
    const port = await findPort();
    apiUrl = `http://127.0.0.1:${port}`;
    project = await ComposeProject.of(run, { ORDERLY_IMAGE: BUILT, API_PORT: `${port}` });
    const bases = ['BUILD_IMAGE', 'RUNTIME_IMAGE'].map((name) => `${name}=${process.env[name] ?? ''}`);
    await compose('build', ...bases.flatMap((base) => ['--build-arg', base]), 'migrate');
  });
  after(async () => {
    try {
      await project?.down();
    } finally {
      await run.close();
    }
  });

  it('make an image that is what its second stage says', async () => {
    const { body } = await askEngine(engineConnection(), 'GET', `/images/${BUILT}/json`);
    const { Config } = decoded(Image, JSON.parse(body));
    expect(Config).to.deep.include({
      User: '65532:65532',
      Entrypoint: ['/nodejs/bin/node', '/app/start.mjs'],
      Cmd: ['api'],
    });
    expect(Config.Labels).to.include({ 'org.opencontainers.image.title': 'orderly' });
    expect(Config.Env).to.include.members(Object.entries(imageEnv()).map(([name, value]) => `${name}=${value}`));
  });

  it('come up with one command, each service healthy, and take an order through to its delivery', async () => {
    await compose('up', '--detach', '--no-build', '--wait', '--wait-timeout', '240').catch(async (cause: unknown) => {
      throw new Error(`${messageOf(cause)}\n${await compose('logs', '--tail', '15')}`, { cause });
    });
    const lines = (await compose('ps', '--format', 'json')).trim().split('\n');
    const listed = decoded(Listed, JSON.parse(`[${lines.join(',')}]`));
    expect(listed.map(({ Service }) => Service)).to.have.members(SERVICES);
    expect(listed.filter(({ State, Health }) => State !== 'running' || Health !== 'healthy')).to.deep.equal([]);
    await deliveredOrder(apiUrl);
  });

  it('are removed with their network and volumes by the watchdog of a run that died', async () => {
    const labelled = async () => {
      const filters = encodeURIComponent(JSON.stringify({ label: [`orderly.run=${run.id}`] }));
      const ask = async (path: string): Promise<unknown> =>
        JSON.parse((await askEngine(engineConnection(), 'GET', `${path}filters=${filters}`)).body);
      const containers = decoded(Many, await ask('/containers/json?all=true&'));
      const networks = decoded(Many, await ask('/networks?'));
      const { Volumes: volumes } = decoded(t.type({ Volumes: Many }), await ask('/volumes?'));
      return [containers.length, networks.length, volumes.length];
    };
    expect(await labelled()).to.deep.equal([SERVICES.length + ONCE, 1, 2]);
    await watchdogOfADeadRun(run.id, run.directory, engineConnection());
    expect(await labelled()).to.deep.equal([0, 0, 0]);
  });
});
