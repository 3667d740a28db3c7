import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../tools/environment/command.ts';
import { messageOf } from '../../tools/environment/environment-error.ts';
import { buildImageRoot } from '../../tools/image/build-image-root.ts';

describe('what the image holds', () => {
  let folder: string;
  let app: string;
  before(async function () {
    this.timeout(240_000);
    folder = await mkdtemp(join(tmpdir(), 'orderly-image-test-'));
    app = join(folder, 'app');
    await buildImageRoot(app);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Exits with another code than 0, and says why. */
  const refused = (...args: readonly string[]): Promise<string> =>
    runCommand(process.execPath, [join(app, 'start.mjs'), ...args], { cwd: app, env: {}, timeoutMs: 60_000 }).then(
      () => 'it was not refused',
      messageOf,
    );

  it('runs the command line', async () => {
    const help = await runCommand(process.execPath, [join(app, 'start.mjs'), 'order', '--help'], { cwd: app, env: {} });
    expect(help)
      .to.match(/^Usage: order/)
      .and.to.match(/migrate/);
  }).timeout(60_000);

  for (const role of ['api', 'relay', 'janitor', 'migrate'])
    it(`runs ${role}, which names the settings that it lacks`, async () =>
      expect(await refused(role)).to.match(/exit code 2[\s\S]*MYSQL_URL is not set/)).timeout(60_000);

  for (const role of ['payment', 'shipping'])
    it(`runs ${role}, which names the settings that it lacks`, async () =>
      expect(await refused(role)).to.match(/exit code 2[\s\S]*CONSUMER_MYSQL_URL is not set/)).timeout(60_000);

  it('refuses a role that there is not', async () =>
    expect(await refused('console')).to.match(/exit code 2[\s\S]*expected one of api, relay, janitor/)).timeout(60_000);

  it('has the migrations, the console’s page with what it is made of, and nothing that compiles or tests', async () => {
    const names = await readdir(app, { recursive: true });
    expect(names).to.include('src/infrastructure/mysql/migrations/0001-orders.sql');
    expect(names).to.include('node_modules/@platformatic/kafka/package.json');
    expect(names).to.include.members([
      'src/interfaces/console/page/index.html',
      'node_modules/lit-html/directives/live.js',
      'node_modules/uplot/dist/uPlot.esm.js',
    ]);
    const unwanted = names.filter((name) => /(^|\/)(tsx|esbuild|typescript|mocha)$|\.ts$|^test\//.test(name));
    expect(unwanted).to.deep.equal([]);
  });
});
