import { isIP } from 'node:net';
import type { Connection, ConnectionOptions } from '@platformatic/kafka';
import { cutSocket } from '../kafka/cut-socket.ts';
import type { KafkaAccess } from '../kafka/kafka-access.ts';
import { tlsOptionsOf } from '../tls-trust.ts';
import type { PlatformaticKafka } from './load-platformatic-kafka.ts';

/** `host` as a socket takes it. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

const CONNECT_MS = 2_000;
const KEEP_ALIVE_DELAY_MS = 10_000;

/** Only a name may be asked for by TLS; an address is verified all the same. */
const accessOf = ({ tls, sasl }: KafkaAccess, host: string): ConnectionOptions => ({
  ...(tls === undefined ? {} : { tls: tlsOptionsOf(tls), tlsServerName: isIP(host) === 0 }),
  ...(sasl === undefined ? {} : { sasl }),
});

/**
 * One connection to a broker, made at once, that can be cut at any moment. The client leaves a connection open when nobody
 * waits for its answer any more, and its own close lets unsent bytes go out later. A cut sends a reset and drops them.
 */
export class BrokerConnection {
  private readonly connection: Connection;
  private readonly connected: Promise<void>;

  constructor(kafka: PlatformaticKafka, clientId: string, { host, port }: BrokerAddress, access: KafkaAccess = {}) {
    this.connection = new kafka.Connection(clientId, { connectTimeout: CONNECT_MS, ...accessOf(access, host) });
    // Whoever waits for an answer is told by a rejection; unheard, the event would end the process.
    this.connection.on('error', () => undefined);
    this.connected = Promise.resolve(this.connection.connect(host, port));
    this.connected.catch(() => undefined);
    this.connection.socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  }

  /** False once it was cut, refused or closed by the broker. */
  isUsable(): boolean {
    const { socket } = this.connection;
    return socket.connecting || (this.connection.isConnected() && !socket.destroyed);
  }

  /** Resolves once it is made. Rejects, as `ask` does, with what the client throws. */
  ready(): Promise<void> {
    return this.connected;
  }

  async ask<A>(request: (connection: Connection) => Promise<A>): Promise<A> {
    await this.connected;
    return request(this.connection);
  }

  sever(cause: Error): void {
    cutSocket(this.connection.socket, cause);
  }

  /** Answers that are still to come are lost. */
  async close(): Promise<void> {
    await this.connection.close();
  }
}
