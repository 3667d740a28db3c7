import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { runOrder } from '../../../src/composition/run-order.ts';
import type { Environment } from '../../../src/infrastructure/config.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { startServers } from '../../../tools/environment/servers.ts';
import type { Servers } from '../../../tools/environment/servers.ts';
import { TestAuthority } from '../../support/certificates.ts';
import { useDirectory, useOwnServers } from '../../support/environment/own-servers.ts';
import { post } from '../../support/http-client.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import { complaintOf } from '../../support/readiness.ts';
import { startApi } from '../../support/running-service.ts';
import type { ApiOptions, RunningApi } from '../../support/running-service.ts';
import type { TestDatabase } from '../../support/servers.ts';

/** MySQL lets it in over TLS only. */
const USER = 'over_tls';
const PASSWORD = 'of-the-tests';
const NOT_TRUSTED =
  /ServerNotTrusted: MySQL at localhost:\d+ does not show a certificate that MYSQL_TLS_CA vouches for/;

describe('MySQL over TLS', function () {
  this.timeout(60_000);
  useOwnServers();
  const directory = useDirectory();
  const file = (name: string): string => join(directory.path(), name);
  let servers: Servers;
  let root: MySqlPool;
  let authority: TestAuthority;

  /** What the server shows from now on. */
  const show = async (name: string): Promise<void> => {
    const { certificate, key } = await authority.vouchFor(name);
    await writeFile(file('server.pem'), certificate);
    await writeFile(file('server-key.pem'), key, { mode: 0o600 });
    await root.use((connection) => connection.write('ALTER INSTANCE RELOAD TLS'));
  };
  const overTls = (url: string): string => {
    const changed = new URL(url);
    changed.hostname = 'localhost';
    changed.username = USER;
    changed.password = PASSWORD;
    return changed.toString();
  };
  const withApi = async (options: ApiOptions, act: (api: RunningApi) => Promise<void>): Promise<void> => {
    const api = await startApi({ reachMySqlAt: overTls, ...options });
    try {
      await act(api);
    } finally {
      await api.stop();
    }
  };
  const trusting = (ca: string): Environment => ({ MYSQL_TLS: 'on', MYSQL_TLS_CA: file(ca) });
  /** What it says that is wrong. */
  const refusal = async (env: Environment): Promise<string> => {
    let said = '';
    await withApi({ env, waitUntilReady: false }, async (api) => {
      said = await complaintOf(api, 'MySQL settings');
      expect((await api.send({ method: 'GET', path: '/livez' })).status).to.equal(200);
      expect((await api.send(post('/orders', requestExamples.PlaceOrder))).status).to.equal(503);
    });
    return said;
  };

  before(async () => {
    authority = await TestAuthority.create();
    const { certificate, key } = await authority.vouchFor('localhost');
    await writeFile(file('ca.pem'), authority.certificate);
    await writeFile(file('another-ca.pem'), (await TestAuthority.create()).certificate);
    await writeFile(file('server.pem'), certificate);
    await writeFile(file('server-key.pem'), key, { mode: 0o600 });
    const mysqlSettings = [
      `ssl_ca=${file('ca.pem')}`,
      `ssl_cert=${file('server.pem')}`,
      `ssl_key=${file('server-key.pem')}`,
    ];
    servers = await startServers({ needed: ['mysql'], layout: { mysqlSettings }, progress: () => undefined });
    process.env['MYSQL_URL'] = servers.mysqlUrl;
    root = testPool(`${servers.mysqlUrl}/mysql`);
    for (const sql of [
      `CREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}' REQUIRE SSL`,
      `GRANT ALL ON *.* TO '${USER}'@'%'`,
    ])
      await root.use((connection) => connection.write(sql));
  });
  after(async () => {
    await root.end();
    await servers.stop();
  });

  it('given the authority that vouches for the server, in its name / then orders are taken', () =>
    withApi({ env: trusting('ca.pem') }, async (api) => {
      expect((await api.send(post('/orders', requestExamples.PlaceOrder))).status).to.equal(201);
    }));

  it('given no TLS / then a server that asks for it refuses, and it says so', async () => {
    expect(await refusal({})).to.match(/ER_ACCESS_DENIED_ERROR/);
  });

  it('given another authority / then not ready, and it says why', async () => {
    const said = await refusal(trusting('another-ca.pem'));
    expect(said).to.match(NOT_TRUSTED);
    expect(said).to.match(/unable to verify the first certificate|signature failure/);
  });

  it('given none, so those that Node trusts / then not ready, and it says why', async () => {
    expect(await refusal({ MYSQL_TLS: 'on' })).to.match(NOT_TRUSTED);
  });

  it('given a certificate for another name / then not ready, and it says for which', async () => {
    await show('elsewhere.example');
    const said = await refusal(trusting('ca.pem')).finally(() => show('localhost'));
    expect(said).to.match(NOT_TRUSTED);
    expect(said).to.include('DNS:elsewhere.example');
  });

  describe('the command line', () => {
    let database: TestDatabase;
    before(async () => {
      database = await migratedDatabase();
    });
    after(() => database.drop());

    const order = async (argv: readonly string[], env: Environment): Promise<readonly [number, string]> => {
      const lines: string[] = [];
      const terminal = { out: () => undefined, err: (line: string) => lines.push(line) };
      const code = await runOrder({ argv, env: { MYSQL_URL: overTls(database.url), ...env }, terminal });
      return [code, lines.join('\n')];
    };

    for (const argv of [['outbox', 'stats'], ['migrate']])
      it(`order ${argv.join(' ')} comes in with the authority, and refuses a server without`, async () => {
        expect(await order(argv, trusting('ca.pem'))).to.deep.equal([0, '']);
        const [code, said] = await order(argv, trusting('another-ca.pem'));
        expect(code).to.equal(2);
        expect(said).to.match(NOT_TRUSTED);
      });
  });
});
