import { once } from 'node:events';
import net from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

/** What the line does to bytes, in both directions. */
export interface Shape {
  /** Added to each chunk, milliseconds. */
  readonly latencyMs?: number;
  readonly bytesPerSecond?: number;
  /** Every chunk arrives in pieces of at most so many bytes. */
  readonly sliceBytes?: number;
}

/** Whose answer is lost: told each chunk a client sends. */
export type Matches = (chunk: Buffer) => boolean;

interface Connection {
  readonly client: net.Socket;
  readonly server: net.Socket;
  /** Nothing passes any more, in either direction, although both ends think it does. */
  dead: boolean;
  answersLost: boolean;
}

const hostAndPort = (address: string): { readonly host: string; readonly port: number } => {
  const { hostname, port } = new URL(`tcp://${address}`);
  return { host: hostname, port: Number(port) };
};

/**
 * A TCP proxy in front of one server of this machine, which can do to its connections what networks do, and can move to
 * another server as a virtual address does. Byte order within a connection is kept, as TCP keeps it. No damage is
 * persistent: `heal` gives new connections a good line, those that were spoilt are reset.
 *
 * Own code because no kept library does this inside a Node process: Toxiproxy and its clients need a daemon, and the
 * npm proxies with faults speak HTTP.
 */
export class FaultProxy {
  readonly #server: net.Server;
  readonly #connections = new Set<Connection>();
  /** Where its connections to the server come from, so that the server can tell them from direct ones. */
  readonly #from: string;
  #target: { readonly host: string; readonly port: number };
  #shape: Shape = {};
  #refusing = false;
  #frozen = false;
  #loss: { readonly matches: Matches; left: number } | undefined;
  #lost = 0;
  #refused = 0;

  private constructor(server: net.Server, target: string, from: string) {
    this.#server = server;
    this.#target = hostAndPort(target);
    this.#from = from;
  }

  /** `target` is `host:port`; `from` an address of the loopback interface. */
  static async open(target: string, from = '127.0.0.1'): Promise<FaultProxy> {
    const server = net.createServer({ noDelay: true });
    const proxy = new FaultProxy(server, target, from);
    server.on('connection', (client) => proxy.#accept(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** `host:port` for clients. */
  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed');
    return `127.0.0.1:${address.port}`;
  }

  get open(): number {
    return this.#connections.size;
  }

  /** Answers lost since it was opened. */
  get lost(): number {
    return this.#lost;
  }

  /** Connections refused since it was opened. */
  get refused(): number {
    return this.#refused;
  }

  /** New connections reach `target` (`host:port`); open ones are reset. */
  moveTo(target: string): void {
    this.#target = hostAndPort(target);
    this.reset();
  }

  shape(shape: Shape): void {
    this.#shape = shape;
  }

  /** Connections stay open, new ones too, but nothing moves on them and never will again. */
  freeze(): void {
    this.#frozen = true;
    for (const connection of this.#connections) connection.dead = true;
  }

  /** Every open connection is reset; new ones work. */
  reset(): void {
    for (const { client, server } of this.#connections) {
      client.resetAndDestroy();
      server.destroy();
    }
  }

  /** Every open connection is reset, and new ones as soon as they come. */
  cut(): void {
    this.#refusing = true;
    this.reset();
  }

  /**
   * The next `times` chunks that match reach the server, but its answer does not come back: the connection is closed
   * once the server has answered.
   */
  loseAnswers(matches: Matches, times: number): void {
    this.#loss = { matches, left: times };
  }

  heal(): void {
    this.#shape = {};
    this.#refusing = false;
    this.#frozen = false;
    this.#loss = undefined;
    for (const { client, server, dead } of this.#connections)
      if (dead) {
        client.resetAndDestroy();
        server.destroy();
      }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.reset();
    await closed;
  }

  #accept(client: net.Socket): void {
    client.on('error', () => undefined);
    if (this.#refusing) {
      this.#refused += 1;
      client.resetAndDestroy();
      return;
    }
    const server = net.connect({ ...this.#target, localAddress: this.#from, noDelay: true });
    server.on('error', () => undefined);
    const connection: Connection = { client, server, dead: this.#frozen, answersLost: false };
    this.#connections.add(connection);
    client.on('close', () => {
      this.#connections.delete(connection);
      server.destroy();
    });
    // A frozen line does not tell either that the other end is gone.
    server.on('close', () => {
      if (!connection.dead) client.destroy();
    });
    void this.#pump(connection, 'request').catch(() => client.destroy());
    void this.#pump(connection, 'answer').catch(() => client.destroy());
  }

  async #pump(connection: Connection, direction: 'request' | 'answer'): Promise<void> {
    const { client, server } = connection;
    const [from, to] = direction === 'request' ? [client, server] : [server, client];
    for await (const chunk of from) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError('a socket gave text');
      if (connection.dead) continue;
      if (direction === 'request') this.#watch(connection, chunk);
      else if (connection.answersLost) {
        this.#lost += 1;
        client.destroy();
        return;
      }
      await this.#pass(connection, chunk, to);
    }
    if (!connection.dead) to.end();
  }

  #watch(connection: Connection, chunk: Buffer): void {
    if (this.#loss === undefined || this.#loss.left === 0 || !this.#loss.matches(chunk)) return;
    this.#loss.left -= 1;
    connection.answersLost = true;
  }

  async #pass(connection: Connection, chunk: Buffer, to: net.Socket): Promise<void> {
    const { latencyMs = 0, bytesPerSecond = Infinity, sliceBytes = Infinity } = this.#shape;
    const wait = latencyMs + (chunk.length / bytesPerSecond) * 1_000;
    if (wait >= 1) await sleep(wait);
    for (let at = 0; at < chunk.length && !connection.dead; at += sliceBytes) {
      if (at > 0) await nextTurn();
      const isWritten = to.write(chunk.subarray(at, at + Math.min(sliceBytes, chunk.length)));
      if (!isWritten && !to.destroyed) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
  }
}
