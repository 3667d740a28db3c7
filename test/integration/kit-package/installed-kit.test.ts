import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as t from 'io-ts';
import { expect } from 'chai';
import { ROOT } from '../../../tools/environment/checkout.ts';
import { runNpm } from '../../../tools/kit/npm.ts';
import { packKit } from '../../../tools/kit/pack-kit.ts';
import { decoded } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { kafkaBrokers } from '../../support/servers.ts';
import { KitUnderTest } from '../consumer/kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from '../consumer/order-lifecycle.ts';

const EXAMPLE = join(ROOT, 'examples/loyalty-points');
const QUIET = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--no-update-notifier'];

const Points = t.strict({ orderId: t.string, amount: t.number });
const Served = t.type({ port: t.number });

describe('the packed kit, installed into the project of another team', function () {
  this.timeout(300_000);
  let directory: string;
  let project: string;
  let tested: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'orderly-installed-kit-'));
    project = join(directory, 'loyalty-points');
    // As it is in a checkout, without what somebody has built or installed there.
    for (const part of ['package.json', 'tsconfig.json', 'src', 'migrations'])
      await cp(join(EXAMPLE, part), join(project, part), { recursive: true });
    const tarball = await packKit(directory);
    await runNpm(project, ['install', ...QUIET, tarball]);
    tested = await runNpm(project, ['test']);
  });
  after(() => rm(directory, { recursive: true }));

  it('holds JavaScript, declarations, migrations and papers, and needs what it imports and nothing else', async () => {
    const installed = join(project, 'node_modules/@orderly/consumer-kit');
    const entries = await readdir(installed, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    const others = files.filter((file) => !/\.(js|d\.ts)$/.test(file)).map((file) => file.slice(installed.length + 1));
    const migrations = await readdir(join(ROOT, 'src/infrastructure/mysql-consumer/migrations'));
    expect(others.toSorted()).to.deep.equal(
      [
        'LICENSE',
        'README.md',
        'package.json',
        ...migrations.map((name) => `dist/infrastructure/mysql-consumer/migrations/${name}`),
      ].toSorted(),
    );
    const Manifest = t.type({ dependencies: t.record(t.string, t.string) });
    const manifest = decoded(Manifest, JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')));
    expect(Object.keys(manifest.dependencies)).to.deep.equal([
      'fp-ts',
      'io-ts',
      'kafkajs',
      'mysql2',
      'pino',
      'prom-client',
    ]);
  });

  it('compiles there, a forgotten event type does not, and the tests written with its test kit pass', () => {
    expect(tested)
      .to.match(/# pass 4\n/)
      .and.to.match(/# fail 0\n/);
  });

  describe('against a real MySQL and a real Kafka', () => {
    let kit: KitUnderTest;
    let consumer: ChildProcess | undefined;
    before(async () => {
      kit = await KitUnderTest.open();
    });
    after(async () => {
      if (consumer?.exitCode === null) consumer.kill('SIGKILL');
      await kit.close();
    });

    /** The process, and where it serves its metrics. */
    const start = async (): Promise<readonly [ChildProcess, string]> => {
      const env = {
        PATH: process.env['PATH'],
        CONSUMER_MYSQL_URL: kit.database.url,
        KAFKA_BROKERS: kafkaBrokers().join(),
        ORDER_TOPIC: kit.topic.name,
        ORDERS_API_URL: kit.api.url,
      };
      const started = spawn(process.execPath, ['dist/main.js'], {
        cwd: project,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      consumer = started;
      for await (const line of createInterface({ input: started.stdout })) {
        const served = Served.decode(JSON.parse(line));
        if (served._tag === 'Left') continue;
        started.stdout.resume();
        return [started, `http://127.0.0.1:${served.right.port}`];
      }
      throw new Error('the consumer ended before it served anything');
    };

    it('consumes an order once, drops what comes again, and stops when asked', async () => {
      const orderId = newOrderId();
      const life = asMessages(lifeOf(orderId));
      await kit.produce([...life, ...life]);
      const [started, url] = await start();
      await eventually(async () => {
        const metrics = await (await fetch(`${url}/metrics`)).text();
        expect(metrics)
          .to.match(/^orderly_consumer_duplicates_total 4$/m)
          .and.to.match(/^orderly_consumer_applied_total 4$/m);
      }, 60_000);
      expect(await kit.rows(Points, 'SELECT order_id AS orderId, amount FROM points')).to.deep.equal([
        { orderId, amount: 42 },
      ]);
      started.kill('SIGTERM');
      await once(started, 'exit');
      expect(started.exitCode).to.equal(0);
    });
  });
});
