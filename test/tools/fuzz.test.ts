import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ROOT } from '../../tools/environment/checkout.ts';
import { useDirectory } from '../support/environment/own-servers.ts';

/* What `npm run fuzz` ends with before a request is made: CI takes 2 for "not run", so nothing else may end with it. */

/** It makes environments with itself in them, and installs nothing into them. */
const PYTHON = `#!/bin/sh
if [ "$2" = venv ]; then mkdir -p "$3/bin" && cp "$0" "$3/bin/python"; fi
`;
const PYTHON_WITHOUT_PYPI = `${PYTHON}[ "$2" != pip ]\n`;

describe('npm run fuzz', function () {
  this.timeout(30_000);
  const directory = useDirectory();

  const fuzz = async (name: string, python: string, ...args: readonly string[]) => {
    const own = join(directory.path(), name);
    await mkdir(own);
    await writeFile(join(own, 'python3'), python, { mode: 0o755 });
    const child = spawn(process.execPath, ['--import', 'tsx', 'tools/fuzz.ts', ...args], {
      cwd: ROOT,
      env: {
        ...process.env,
        PATH: `${own}:${process.env['PATH'] ?? ''}`,
        TMPDIR: own,
        ORDERLY_CACHE: join(own, 'cache'),
        MYSQL_URL: 'mysql://nobody@127.0.0.1:1',
        KAFKA_BROKERS: '127.0.0.1:1',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [stderr] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    return { code: child.exitCode, stderr };
  };

  it('ends with 2 where Schemathesis cannot be installed, and where its arguments are bad', async () => {
    for (const [name, args] of Object.entries({ only: ['--install-only'], run: [] })) {
      const { code, stderr } = await fuzz(`refused-${name}`, PYTHON_WITHOUT_PYPI, ...args);
      expect(stderr).to.match(/Schemathesis .* could not be installed/);
      expect(code).to.equal(2);
    }
    expect(await fuzz('bad', PYTHON, '--examples', 'many')).to.include({ code: 2 });
  });

  it('gets Schemathesis and starts nothing with --install-only', async () => {
    expect(await fuzz('installed', PYTHON, '--install-only')).to.include({ code: 0 });
  });

  it('ends with 1 where the API does not come up', async () => {
    const { code, stderr } = await fuzz('no-api', PYTHON);
    expect(stderr).to.match(/the API did not come up: MYSQL_URL is set/);
    expect(code).to.equal(1);
  });
});
