import net from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** What the proxy does with one request or answer. `drop`: it vanishes; `hold`: it waits for `release`. */
export type Passage = 'pass' | 'drop' | 'hold';

export const PRODUCE = 0;
export const METADATA = 3;
export const OFFSET_FETCH = 9;

/** Cuts a Kafka byte stream into frames: a length of four bytes, then as many bytes. */
class Frames {
  private rest = Buffer.alloc(0);

  push(chunk: Buffer): readonly Buffer[] {
    this.rest = Buffer.concat([this.rest, chunk]);
    const frames: Buffer[] = [];
    while (this.rest.length >= 4 && this.rest.length >= 4 + this.rest.readInt32BE(0)) {
      const end = 4 + this.rest.readInt32BE(0);
      frames.push(this.rest.subarray(0, end));
      this.rest = this.rest.subarray(end);
    }
    return frames;
  }
}

/** One partition's part of a produce answer (version 7, one topic, one partition), to be read and changed. */
export class ProduceAnswer {
  private readonly at: number;

  constructor(readonly frame: Buffer) {
    const topicLength = frame.readInt16BE(12);
    this.at = 14 + topicLength + 4;
  }
  set partition(value: number) {
    this.frame.writeInt32BE(value, this.at);
  }
  set errorCode(value: number) {
    this.frame.writeInt16BE(value, this.at + 4);
  }
  get baseOffset(): number {
    return Number(this.frame.readBigInt64BE(this.at + 6));
  }
  set baseOffset(value: number) {
    this.frame.writeBigInt64BE(BigInt(value), this.at + 6);
  }
}

/** Stands between a Kafka client and its broker and does to requests and answers what a test wants. */
export class KafkaProxy {
  /** API key of each request so far. */
  readonly requests: number[] = [];
  /** Decides for each request, by its API key. What is held goes to the broker on `release`, client or not. */
  onRequest: (apiKey: number) => Passage = () => 'pass';
  /** May change the answer to a produce request in place, or drop it. */
  onProduceAnswer: (answer: ProduceAnswer) => Exclude<Passage, 'hold'> = () => 'pass';
  /** Connections of clients that are open. */
  open = 0;
  /** Connections that the client ended by a reset. */
  resets = 0;
  private readonly held: (() => void)[] = [];
  private readonly sockets = new Set<net.Socket>();

  private constructor(
    private readonly server: net.Server,
    private readonly brokerPort: number,
  ) {}

  static async start(broker: string): Promise<KafkaProxy> {
    const server = net.createServer();
    const proxy = new KafkaProxy(server, Number(broker.split(':')[1]));
    server.on('connection', (client) => {
      proxy.accept(client);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  /** For clients: connects to the proxy, whatever address the broker advertises. */
  readonly socketFactory: ISocketFactory = ({ onConnect }) => {
    const address = this.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return net.connect({ host: '127.0.0.1', port }, onConnect);
  };

  release(): void {
    for (const send of this.held.splice(0)) send();
  }

  count(apiKey: number): number {
    return this.requests.filter((request) => request === apiKey).length;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(client: net.Socket): void {
    const broker = net.connect({ host: '127.0.0.1', port: this.brokerPort });
    const produceIds = new Set<number>();
    const requests = new Frames();
    const answers = new Frames();
    this.open += 1;
    for (const socket of [client, broker]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') this.resets += 1;
    });
    client.on('close', () => {
      this.open -= 1;
      if (this.held.length === 0) broker.end();
    });
    broker.on('close', () => client.destroy());
    client.on('data', (chunk: Buffer) => {
      for (const frame of requests.push(chunk)) {
        const apiKey = frame.readInt16BE(4);
        this.requests.push(apiKey);
        if (apiKey === PRODUCE) produceIds.add(frame.readInt32BE(8));
        const passage = this.onRequest(apiKey);
        if (passage === 'pass') broker.write(frame);
        if (passage === 'hold') this.held.push(() => broker.write(frame));
      }
    });
    broker.on('data', (chunk: Buffer) => {
      for (const frame of answers.push(chunk)) {
        const isProduce = produceIds.delete(frame.readInt32BE(4));
        if (client.writable && (!isProduce || this.onProduceAnswer(new ProduceAnswer(frame)) === 'pass'))
          client.write(frame);
      }
    });
  }
}
