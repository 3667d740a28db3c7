import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { unfitVersion } from '../../../tools/environment/mysql-native.ts';
import { findPort } from '../../../tools/environment/ports.ts';
import { useDirectory, withoutGivenServers } from '../../support/environment/own-servers.ts';

const HOLDER = fileURLToPath(new URL('../../support/environment/hold-servers.ts', import.meta.url));

describe('the ways to a server', function () {
  this.timeout(60_000);
  const directory = useDirectory();

  const attempt = (env: NodeJS.ProcessEnv): Promise<{ readonly code: unknown; readonly stderr: string }> =>
    new Promise((resolve) => {
      const bare = {
        ORDERLY_CACHE: join(directory.path(), 'empty-cache'),
        PATH: '',
        HOME: directory.path(),
        JAVA_HOME: '',
      };
      const options = { env: { ...withoutGivenServers(), ...bare, ...env } };
      execFile(process.execPath, ['--import', 'tsx', HOLDER, directory.path()], options, (error, _stdout, stderr) => {
        resolve({ code: error?.code ?? 0, stderr });
      });
    });

  it('where none serves, one message lists all three and what each lacked, and the exit code is 2', async () => {
    const { code, stderr } = await attempt({ DOCKER_HOST: `unix://${directory.path()}/no.sock` });

    expect(code).to.equal(2);
    expect(stderr).to.match(/No MySQL could be brought up/);
    expect(stderr).to.match(/1\. MYSQL_URL: not set \(example: mysql:/);
    expect(stderr).to.match(/2\. Docker: no engine: unix:.*no\.sock/);
    expect(stderr).to.match(/3\. native: .*apt-get/);
    expect(stderr).to.match(/No Kafka could be brought up/);
    expect(stderr).to.match(/1\. KAFKA_BROKERS: not set/);
    expect(stderr).to.match(/3\. native: no java on the PATH; no mvn on the PATH/);
    expect(stderr).not.to.match(/\n\s+at /);
  });

  it('a setting that leads nowhere is told by name, without its password, and no other way is tried', async () => {
    const port = await findPort();
    const { code, stderr } = await attempt({
      MYSQL_URL: `mysql://someone:secret@127.0.0.1:${port}`,
      DOCKER_HOST: `unix://${directory.path()}/no.sock`,
    });

    expect(code).to.equal(2);
    expect(stderr).to.match(new RegExp(`MYSQL_URL is set, .* no MySQL answers at mysql://…@127\\.0\\.0\\.1:${port}`));
    expect(stderr).not.to.match(/No MySQL could be brought up/);
    expect(stderr).not.to.include('secret');
  });

  it('an engine that does not answer costs two seconds at most', async () => {
    const silent = createServer(() => undefined);
    const port = await findPort();
    await new Promise<void>((resolve) => silent.listen(port, '127.0.0.1', resolve));
    try {
      const startedAt = performance.now();
      const { stderr } = await attempt({ DOCKER_HOST: `tcp://127.0.0.1:${port}` });
      expect(stderr).to.match(/2\. Docker: no engine: tcp:.*no answer within 1\.5 s/);
      expect(performance.now() - startedAt).to.be.lessThan(8_000);
    } finally {
      silent.closeAllConnections();
      silent.close();
    }
  });

  it('only MySQL of 8.4 or later counts as a mysqld', () => {
    const fit = (line: string): boolean => unfitVersion(line) === undefined;
    expect(fit('mysqld  Ver 8.4.6 for Linux on x86_64 (MySQL Community Server - GPL)')).to.equal(true);
    expect(fit('mysqld  Ver 9.7.0 for Linux on x86_64 (Debian)')).to.equal(true);
    expect(fit('mysqld  Ver 10.0.1 for Linux on x86_64')).to.equal(true);
    expect(unfitVersion('mysqld  Ver 8.0.43 for Linux on x86_64')).to.match(/8\.0, and 8\.4 is the oldest/);
    expect(unfitVersion('mariadbd  Ver 10.11.11-MariaDB-0+deb12u1 for debian-linux-gnu')).to.match(/MariaDB/);
    expect(unfitVersion('something else')).to.match(/could not be read/);
  });
});
