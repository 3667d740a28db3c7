import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../../tools/environment/environment.ts';
import { startEnvironment } from '../../../tools/environment/start-environment.ts';
import { EnvironmentDescription } from '../../../tools/environment/environment-file.ts';
import type { RoleEntry } from '../../../tools/environment/roles.ts';
import { useDirectory } from '../../support/environment/own-servers.ts';
import { eventually } from '../../support/environment/processes.ts';

const FAKE: RoleEntry = ['test/support/environment/fake-role.ts'];

const readDescription = async (file: string): Promise<EnvironmentDescription | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const description = EnvironmentDescription.decode(JSON.parse(text));
  if (E.isLeft(description)) throw new Error(`not a description of an environment: ${text}`);
  return description.right;
};

describe('an environment', function () {
  this.timeout(120_000);
  let environment: Environment;
  // Before the directory is removed.
  after(() => environment.stop());
  const directory = useDirectory();

  const start = (): Promise<Environment> =>
    startEnvironment({
      directory: directory.path(),
      entries: { api: FAKE, relay: FAKE, janitor: FAKE, payment: FAKE, shipping: FAKE },
      suffix: randomBytes(4).toString('hex'),
      progress: () => undefined,
    });

  before('given one with fake roles', async () => {
    environment = await start();
  });

  const described = async (): Promise<Readonly<Record<string, number>>> => {
    const description = await readDescription(join(directory.path(), 'environment.json'));
    return Object.fromEntries((description?.processes ?? []).map(({ name, pid }) => [name, pid]));
  };

  it('describes itself in environment.json', async () => {
    const description = await readDescription(join(directory.path(), 'environment.json'));
    expect(description).to.include({
      mysqlUrl: environment.mysqlUrl,
      kafkaBrokers: environment.kafkaBrokers,
      topic: environment.topic,
      apiUrl: environment.apiUrl,
      operatorToken: environment.operatorToken,
    });
    expect(await described()).to.include.keys('api', 'relay', 'janitor', 'payment', 'shipping');
  });

  it('the description stays true when a role is killed and started again', async () => {
    const before = await described();

    await environment.kill('relay');
    await environment.revive('relay');

    await eventually(
      'the new process is described',
      async () => (await described())['relay'] === environment.pidOf('relay'),
    );
    expect((await described())['relay']).not.to.equal(before['relay']);
  });

  it('more relays can join and leave', async () => {
    await environment.addRole('relay-2');
    await eventually('relay-2 is described', async () => 'relay-2' in (await described()));
    await environment.removeRole('relay-2');
    await eventually('relay-2 is described no more', async () => !('relay-2' in (await described())));
  });

  it('a role may have settings of its own, and need not be waited for', async () => {
    await environment.addRole('relay-2', { env: { FAKE_ROLE: 'dies' }, untilReady: false });
    const log = join(environment.logDirectory, 'relay-2.log');
    await eventually('relay-2 dies of its setting', async () =>
      (await readFile(log, 'utf8').catch(() => '')).includes('the setting COLOUR is wrong'),
    );
    await environment.removeRole('relay-2');
  });

  it('a second one of the same checkout leaves the description of the first alone', async () => {
    const second = await start();
    try {
      expect(second.file).not.to.equal(environment.file);
      expect((await readDescription(environment.file))?.apiUrl).to.equal(environment.apiUrl);
      expect((await readDescription(second.file))?.apiUrl).to.equal(second.apiUrl);
    } finally {
      await second.stop();
    }
    expect((await readDescription(environment.file))?.apiUrl).to.equal(environment.apiUrl);
  });

  it('speaks of no roles when it has none', async () => {
    const lines: string[] = [];
    const bare = await startEnvironment({
      directory: directory.path(),
      roles: [],
      suffix: randomBytes(4).toString('hex'),
      progress: (line) => lines.push(line),
    });
    await bare.stop();
    expect(lines.filter((line) => line.startsWith('starting'))).to.deep.equal(['starting MySQL and Kafka']);
  });

  it('a role that cannot start ends the whole, with the reason', async () => {
    const failure = await startEnvironment({
      directory: directory.path(),
      entries: { api: FAKE, relay: FAKE, janitor: FAKE, payment: FAKE, shipping: FAKE },
      env: { payment: { FAKE_ROLE: 'dies' } },
      suffix: randomBytes(4).toString('hex'),
      progress: () => undefined,
    }).then(
      () => 'it started',
      (cause: unknown) => (cause instanceof Error ? cause.message : ''),
    );
    expect(failure).to.match(/^payment ended 3 times while starting/);
    expect(failure).to.match(/the setting COLOUR is wrong/);
  });

  it('takes its description away when it ends', async () => {
    await environment.stop();
    expect(await readDescription(join(directory.path(), 'environment.json'))).to.equal(undefined);
  });
});
