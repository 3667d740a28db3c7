import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from '../../tools/environment/checkout.ts';
import { runCommand } from '../../tools/environment/command.ts';

/** As one was written before there were tokens for re-processing. */
const OLDER = {
  mysqlUrl: 'mysql://app:secret@127.0.0.1:2/orders',
  kafkaBrokers: '127.0.0.1:2',
  topic: 'orders.events.v1',
  operatorToken: 'operator-token-of-the-tests',
  apiUrl: 'http://127.0.0.1:2',
  consumerMysqlUrls: { payment: 'mysql://app:secret@127.0.0.1:2/payment' },
  processes: [{ name: 'payment', url: 'http://127.0.0.1:2' }],
};

describe('npm run order, and an environment that is up', function () {
  this.timeout(60_000);

  it('given one without a token for re-processing / then commands run all the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'orderly-environment-'));
    try {
      const file = join(folder, 'environment.json');
      await writeFile(file, JSON.stringify(OLDER));
      const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ORDERLY_ENVIRONMENT: file };
      const told = await runCommand(process.execPath, ['tools/order.mjs', 'consumers'], { cwd: ROOT, env });
      expect(told).to.match(/^payment .*unknown: /m);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
