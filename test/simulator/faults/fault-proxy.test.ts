import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { FaultProxy } from '../../../simulator/faults/proxy/fault-proxy.ts';
import { isCommit, isProduce } from '../../../simulator/faults/proxy/matches.ts';

/** Answers each chunk with the same bytes and notes the sizes in which they came. */
const startEcho = async (): Promise<{ server: net.Server; address: string; chunks: number[] }> => {
  const chunks: number[] = [];
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      chunks.push(data.length);
      socket.write(data);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, address: `127.0.0.1:${address.port}`, chunks };
};

const connectTo = async (address: string): Promise<net.Socket> => {
  const socket = net.connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
};

/** Resolves when it is closed, by an error or not. */
const closing = (socket: net.Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

/** What comes back until as many bytes are there, or the connection ends. */
const read = (socket: net.Socket, bytes: number): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
      if (text.length >= bytes) resolve(text);
    });
    socket.on('close', () => resolve(text));
  });

describe('the fault proxy', () => {
  let echo: Awaited<ReturnType<typeof startEcho>>;
  let proxy: FaultProxy;
  beforeEach(async () => {
    echo = await startEcho();
    proxy = await FaultProxy.open(echo.address);
  });
  afterEach(async () => {
    await proxy.close();
    echo.server.close();
  });

  it('passes bytes both ways when nothing is wrong', async () => {
    const socket = await connectTo(proxy.address);
    const answer = read(socket, 5);
    socket.write('hello');
    expect(await answer).to.equal('hello');
    socket.destroy();
  });

  it('given an answer to lose, hands the request on, loses its answer and closes; the next connection works', async () => {
    proxy.loseAnswers((chunk) => chunk.includes('COMMIT'), 1);
    const socket = await connectTo(proxy.address);
    const answer = read(socket, 6);
    socket.write('COMMIT');
    expect(await answer).to.equal('');
    expect(echo.chunks).to.deep.equal([6]);
    expect(proxy.lost).to.equal(1);
    const next = await connectTo(proxy.address);
    const second = read(next, 6);
    next.write('COMMIT');
    expect(await second).to.equal('COMMIT');
    next.destroy();
  });

  it('given a frozen line, moves nothing, takes new connections, and resets all of them when healed', async () => {
    const old = await connectTo(proxy.address);
    proxy.freeze();
    const fresh = await connectTo(proxy.address);
    const closed = Promise.all([closing(old), closing(fresh)]);
    old.write('into the void');
    fresh.write('into the void');
    await sleep(50);
    expect(echo.chunks).to.deep.equal([]);
    expect([old.destroyed, fresh.destroyed]).to.deep.equal([false, false]);
    proxy.heal();
    await closed;
    const next = await connectTo(proxy.address);
    const answer = read(next, 2);
    next.write('ok');
    expect(await answer).to.equal('ok');
    next.destroy();
  });

  it('given another server to move to, resets what is open and leads what comes to that one', async () => {
    const other = await startEcho();
    try {
      const old = await connectTo(proxy.address);
      const closed = closing(old);
      proxy.moveTo(other.address);
      await closed;
      const next = await connectTo(proxy.address);
      const answer = read(next, 5);
      next.write('hello');
      expect(await answer).to.equal('hello');
      expect([echo.chunks, other.chunks]).to.deep.equal([[], [5]]);
      next.destroy();
    } finally {
      other.server.close();
    }
  });

  it('given a cut line, resets what is open and what comes, until healed', async () => {
    const old = await connectTo(proxy.address);
    const closed = closing(old);
    proxy.cut();
    await closed;
    const refused = net.connect({ host: '127.0.0.1', port: Number(proxy.address.split(':')[1]) });
    refused.on('error', () => undefined);
    await closing(refused);
    expect(proxy.refused).to.equal(1);
    proxy.heal();
    const next = await connectTo(proxy.address);
    const answer = read(next, 2);
    next.write('ok');
    expect(await answer).to.equal('ok');
    next.destroy();
  });

  it('given slices, delivers the same bytes in order, in pieces', async () => {
    proxy.shape({ sliceBytes: 3 });
    const text = Array.from({ length: 50 }, (_, n) => String(n)).join(',');
    const socket = await connectTo(proxy.address);
    const answer = read(socket, text.length);
    socket.write(text);
    expect(await answer).to.equal(text);
    expect(echo.chunks.length).to.be.greaterThan(1);
    socket.destroy();
  });

  it('given latency and little bandwidth, takes as long as they say', async () => {
    proxy.shape({ latencyMs: 30, bytesPerSecond: 1_000 });
    const socket = await connectTo(proxy.address);
    const answer = read(socket, 50);
    const sentAt = performance.now();
    socket.write('x'.repeat(50));
    await answer;
    // There and back: twice 30 ms and twice 50 bytes at a byte a millisecond.
    expect(performance.now() - sentAt).to.be.at.least(155);
    socket.destroy();
  });
});

describe('what the proxy recognises', () => {
  it('a COMMIT of MySQL, not a text that mentions it', () => {
    expect(isCommit(Buffer.from('\u0007\u0000\u0000\u0000\u0003COMMIT'))).to.be.true;
    expect(isCommit(Buffer.from('\u0009\u0000\u0000\u0000\u0003\u0000\u0001COMMIT'))).to.be.true;
    expect(isCommit(Buffer.from("\u0020\u0000\u0000\u0000\u0003SELECT 'COMMIT'"))).to.be.false;
  });

  it('a produce request of Kafka, not a fetch or the middle of a large request', () => {
    const frame = (apiKey: number): Buffer => {
      const bytes = Buffer.alloc(40);
      bytes.writeInt32BE(36, 0);
      bytes.writeInt16BE(apiKey, 4);
      bytes.writeInt16BE(7, 6);
      return bytes;
    };
    expect(isProduce(frame(0))).to.be.true;
    expect(isProduce(frame(1))).to.be.false;
    expect(isProduce(frame(0).subarray(8))).to.be.false;
  });
});
