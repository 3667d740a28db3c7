import { once } from 'node:events';
import net from 'node:net';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { cutSocket } from '../../../src/infrastructure/kafka/cut-socket.ts';

const CAUSE = new Error('cut by a test');

describe('a connection that is cut', () => {
  let server: net.Server;
  let accepted: Promise<Socket>;
  let socket: Socket;

  beforeEach(async () => {
    server = net.createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    accepted = new Promise((resolve) => {
      server.once('connection', resolve);
    });
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    socket = net.connect(address.port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
  });
  afterEach(async () => {
    (await accepted).destroy();
    server.close();
    await once(server, 'close');
  });

  it('given one at work / then the other side sees a reset', async () => {
    const other = await accepted;
    const failed = once(other, 'error');
    other.resume();
    expect(cutSocket(socket, CAUSE)).to.equal('reset');
    expect(await failed).to.have.nested.property('[0].code', 'ECONNRESET');
  });

  it('given one that is ending in this very moment / then it closes all the same', async () => {
    const closed = once(socket, 'close').catch(() => once(socket, 'close'));
    socket.end();
    expect(cutSocket(socket, CAUSE)).to.equal('destroyed');
    await closed;
    expect(socket.destroyed).to.equal(true);
  });
});
