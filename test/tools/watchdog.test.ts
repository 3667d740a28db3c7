import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { watchdogOfADeadRun } from '../support/environment/dead-run.ts';
import { useDirectory } from '../support/environment/own-servers.ts';

/** What an engine lists that carries the label, by the path it is asked for. */
const LABELLED: Readonly<Record<string, unknown>> = {
  '/containers/json': [{ Id: 'one' }, { Id: 'two' }],
  '/networks': [{ Id: 'net' }],
  '/volumes': { Volumes: [{ Name: 'data' }] },
};

describe('the watchdog of a run that died', () => {
  const directory = useDirectory();

  it('removes the containers, and then the networks and volumes, that carry the label of the run and no others', async () => {
    const removed: string[] = [];
    const engine = createServer(({ method, url = '' }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://engine');
      if (method === 'DELETE') removed.push(pathname);
      const isAsked = searchParams.get('filters') === '{"label":["orderly.run=of-the-dead"]}';
      response.end(JSON.stringify(isAsked ? LABELLED[pathname] : [{ Id: 'of-others' }]));
    });
    const socketPath = join(directory.path(), 'engine.sock');
    await once(engine.listen(socketPath), 'listening');
    try {
      await watchdogOfADeadRun('of-the-dead', directory.path(), { socketPath });
    } finally {
      engine.close();
    }
    expect(removed.slice(0, 2)).to.have.members(['/containers/one', '/containers/two']);
    expect(removed.slice(2)).to.deep.equal(['/networks/net', '/volumes/data']);
  });
});
