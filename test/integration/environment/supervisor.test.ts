import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPort } from '../../../tools/environment/ports.ts';
import { Run } from '../../../tools/environment/run.ts';
import type { RoleSpec } from '../../../tools/environment/supervised-role.ts';
import { Supervisor } from '../../../tools/environment/supervisor.ts';
import { useDirectory } from '../../support/environment/own-servers.ts';
import { eventually, isRunning } from '../../support/environment/processes.ts';

const FAKE_ROLE = fileURLToPath(new URL('../../support/environment/fake-role.ts', import.meta.url));

const failureOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no failure',
    (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
  );

describe('the supervisor', function () {
  this.timeout(60_000);
  const directory = useDirectory();
  const told: string[] = [];
  let run: Run;
  let supervisor: Supervisor;

  beforeEach(async () => {
    run = await Run.open(directory.path());
    told.length = 0;
    supervisor = new Supervisor(run, (line) => told.push(line));
  });
  afterEach(async () => {
    await supervisor.stop(1_000);
    await run.close();
  });

  const fakeRole = async (name: string, env: Readonly<Record<string, string>> = {}): Promise<RoleSpec> => {
    const port = await findPort();
    return {
      name,
      command: [process.execPath, '--import', 'tsx', FAKE_ROLE],
      env: { ...process.env, HTTP_PORT: `${port}`, ...env },
      logFile: join(run.directory, `${name}.log`),
      readyUrl: `http://127.0.0.1:${port}/readyz`,
    };
  };

  it('starts a role with another setting for one life, tells how that ended, and goes on with the usual one', async () => {
    const role = supervisor.add(await fakeRole('relay'));
    await role.whenReady();

    const { ended } = await role.restartWith({ FAKE_ROLE: 'dies' });
    expect(await ended).to.deep.equal({ code: 3, signal: null });
    await role.whenReady();

    expect((await fetch(role.url)).status).to.equal(200);
  });

  it('starts a killed role again and tells when the new process is ready', async () => {
    const role = supervisor.add(await fakeRole('relay'));
    await role.whenReady();
    const killed = role.pid ?? 0;

    await role.kill('SIGKILL');
    expect(isRunning(killed)).to.equal(false);
    await role.whenReady();

    expect(role.pid).to.be.a('number').and.not.equal(killed);
    expect((await fetch(role.url)).status).to.equal(200);
  });

  it('starts a role that crashed by itself again, and says so', async () => {
    const role = supervisor.add(await fakeRole('payment'));
    await role.whenReady();
    const crashed = role.pid;

    await fetch(`${role.url}/crash`).catch(() => undefined);
    await eventually('another process', () => role.pid !== undefined && role.pid !== crashed);
    await role.whenReady();

    expect(told).to.deep.equal(['payment ended with code 1, starting it again']);
  });

  it('gives a role up that ends three times before it was ever ready, with the end of its log', async () => {
    const role = supervisor.add(await fakeRole('api', { FAKE_ROLE: 'dies' }));

    const failure = await failureOf(role.whenReady());

    expect(failure).to.match(/^api ended 3 times while starting; the last one ended with code 3:/);
    expect(failure).to.match(/the setting COLOUR is wrong/);
    expect(role.pid).to.equal(undefined);
  });

  it('says which role was not ready in time', async () => {
    const role = supervisor.add(await fakeRole('api', { FAKE_ROLE_DELAY_MS: '60000' }));
    expect(await failureOf(role.whenReady(300))).to.match(/^api was not ready within 0\.3 s \(http:.*readyz\)/);
  });

  it('freezes a role and lets it go on', async () => {
    const role = supervisor.add(await fakeRole('relay'));
    await role.whenReady();
    const stateOf = async (): Promise<string> =>
      (await readFile(`/proc/${role.pid}/stat`, 'utf8')).replace(/^.*\) /, '')[0] ?? '';

    await role.kill('SIGSTOP');
    await eventually('stopped', async () => (await stateOf()) === 'T');
    await role.kill('SIGCONT');

    expect((await fetch(role.url)).status).to.equal(200);
  });

  it('kills a role that does not end when asked, after the deadline', async () => {
    const role = supervisor.add(await fakeRole('shipping', { FAKE_ROLE: 'deaf' }));
    await role.whenReady();
    const pid = role.pid ?? 0;

    await supervisor.stop(200);

    expect(isRunning(pid)).to.equal(false);
    expect(role.pid).to.equal(undefined);
  });

  it('ends even a frozen role on stop', async () => {
    const role = supervisor.add(await fakeRole('relay'));
    await role.whenReady();
    const pid = role.pid ?? 0;
    await role.kill('SIGSTOP');

    await supervisor.stop(5_000);

    expect(isRunning(pid)).to.equal(false);
  });

  it('runs more roles of a kind and refuses the same name twice', async () => {
    const second = await fakeRole('relay-2');
    await supervisor.add(second).whenReady();
    expect(() => supervisor.add(second)).to.throw('a role relay-2 runs already');
    expect(() => supervisor.role('relay-3')).to.throw('there is no role relay-3, only relay-2');
  });
});
