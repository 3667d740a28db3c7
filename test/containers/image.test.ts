import { expect } from 'chai';
import { createDatabases, withDatabase } from '../../tools/environment/databases.ts';
import { findPort } from '../../tools/environment/ports.ts';
import { Run } from '../../tools/environment/run.ts';
import { startServers } from '../../tools/environment/servers.ts';
import type { Servers } from '../../tools/environment/servers.ts';
import { createTopic } from '../../tools/environment/topic.ts';
import { deliveredOrder } from './delivered-order.ts';
import { RoleContainer, SERVICE_IMAGE } from './role-container.ts';

/* The image as it is deployed, beside MySQL and Kafka in containers: all of it by testcontainers. */

const PORTS = { api: 'HTTP_PORT', relay: 'RELAY_HTTP_PORT', janitor: 'JANITOR_HTTP_PORT' } as const;
const ROLES = ['api', 'relay', 'janitor', 'payment', 'shipping'] as const;
const TOPIC = 'orders.events.v1';
const MIB = 1_024;
const RELAY_BOUND_MIB = 200;

describe('the image of the service', function () {
  this.timeout(240_000);
  let run: Run;
  let servers: Servers;
  let apiUrl: string;
  const roles = new Map<string, RoleContainer>();
  const role = (name: string): RoleContainer => {
    const found = roles.get(name);
    if (found === undefined) throw new Error(`${name} was not started`);
    return found;
  };

  before(async () => {
    if (SERVICE_IMAGE === '') throw new Error('ORDERLY_IMAGE is not set: npm run test:containers makes the images');
    run = await Run.open();
    servers = await startServers({ run });
    const { mysqlUrl, kafkaBrokers } = servers;
    await createDatabases(mysqlUrl, ['orders', 'payment', 'shipping']);
    await createTopic(kafkaBrokers, { name: TOPIC, partitions: 6, config: {} });
    const stores = { MYSQL_URL: withDatabase(mysqlUrl, 'orders'), KAFKA_BROKERS: kafkaBrokers };
    await RoleContainer.runOnce(run, 'migrate', { MYSQL_URL: stores.MYSQL_URL });
    const apiPort = await findPort();
    apiUrl = `http://127.0.0.1:${apiPort}`;
    const service = { ...stores, HTTP_PORT: '0', RELAY_HTTP_PORT: '0', JANITOR_HTTP_PORT: '0' };
    const start = async (name: string, env: Record<string, string>): Promise<void> => {
      roles.set(name, await RoleContainer.start(run, name, env));
    };
    for (const [name, variable] of Object.entries(PORTS))
      await start(name, { ...service, [variable]: `${name === 'api' ? apiPort : await findPort()}` });
    for (const name of ['payment', 'shipping'])
      await start(name, {
        CONSUMER_MYSQL_URL: withDatabase(mysqlUrl, name),
        KAFKA_BROKERS: kafkaBrokers,
        ORDERS_API_URL: apiUrl,
        CONSUMER_HTTP_PORT: `${await findPort()}`,
      });
  });
  after(() => run.close());

  it('takes an order through to its delivery, with MySQL and Kafka in containers', async () => {
    await deliveredOrder(apiUrl);
    expect([servers.mysql?.constructor.name, servers.kafka?.constructor.name]).to.deep.equal([
      'DockerServer',
      'DockerServer',
    ]);
  });

  it('serves the console, with what it takes from packages', async () => {
    for (const file of ['', 'main.js', 'lib/lit-html/lit-html.js', 'lib/uplot/uPlot.js'])
      expect((await fetch(`${apiUrl}/console/${file}`)).status).to.equal(200);
  });

  for (const name of ROLES)
    it(`runs ${name} as nobody special, who can write nothing, with Node as the first process`, async () => {
      const { Config, HostConfig } = await role(name).inspect();
      expect(Config.User).to.equal('65532:65532');
      expect(Config.Labels).to.include({ 'org.opencontainers.image.title': 'orderly' });
      expect(HostConfig.ReadonlyRootfs).to.equal(true);
      const { output: user } = await role(name).run('process.stdout.write(String(process.getuid()))');
      expect(user).to.equal('65532');
      const { output: refused } = await role(name).run("fs.writeFileSync('/app/x', '')");
      expect(refused).to.match(/EROFS/);
      const { output: first } = await role(name).run("process.stdout.write(fs.readFileSync('/proc/1/cmdline'))");
      expect(first.split('\0').slice(0, 3)).to.deep.equal(['/nodejs/bin/node', '/app/start.mjs', name]);
    });

  it('needs little memory for a relay', async () => {
    const { output } = await role('relay').run("process.stdout.write(fs.readFileSync('/proc/1/status'))");
    const resident = Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(output)?.[1]) / MIB);
    process.stdout.write(`the relay has ${resident} MiB in memory\n`);
    expect(resident).to.be.greaterThan(20).and.lessThan(RELAY_BOUND_MIB);
  });

  for (const name of ROLES)
    it(`lets ${name} end in order after SIGTERM`, async () => {
      await role(name).stop();
      const { State } = await role(name).inspect();
      expect(State).to.include({ ExitCode: 0, Running: false });
    });
});
