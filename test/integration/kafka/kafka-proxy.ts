import net from 'node:net';

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

/** What a produce request asks for, whatever its version: which replicas acknowledge, and how long they may take. */
export const demandsOf = (frame: Buffer): { readonly acks: number; readonly timeoutMs: number } => {
  const afterClientId = 14 + frame.readInt16BE(12);
  return { acks: frame.readInt16BE(afterClientId + 2), timeoutMs: frame.readInt32BE(afterClientId + 4) };
};

/** From this version on, texts and lists are compact, with a length of one byte here, and headers have tags. */
const COMPACT_PRODUCE = 9;

/** One partition's part of a produce answer (one topic, one partition), to be read and changed. */
export class ProduceAnswer {
  private readonly at: number;

  constructor(
    readonly frame: Buffer,
    version: number,
  ) {
    this.at = version < COMPACT_PRODUCE ? 14 + frame.readInt16BE(12) + 4 : 11 + (frame.readUInt8(10) - 1) + 1;
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
  /** `host:port` for clients. Whatever broker they are told of by a metadata answer, they come back here. */
  readonly address: string;
  /** API key of each request so far. */
  readonly requests: number[] = [];
  /** Decides for each request, by its API key; `frame` is all of it. What is held goes to the broker on `release`, client or not. */
  onRequest: (apiKey: number, frame: Buffer) => Passage = () => 'pass';
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
    private readonly port: number,
    private readonly broker: { readonly host: string; readonly port: number },
  ) {
    this.address = `${broker.host}:${port}`;
  }

  /** In front of the broker that advertises itself as `broker`, which is on this machine. */
  static async start(broker: string): Promise<KafkaProxy> {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the proxy listens on no port');
    const [host = '', port] = broker.split(':');
    const proxy = new KafkaProxy(server, address.port, { host, port: Number(port) });
    server.on('connection', (client) => {
      proxy.accept(client);
    });
    return proxy;
  }

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
    const broker = net.connect({ host: '127.0.0.1', port: this.broker.port });
    /** Version of each produce request that is not answered yet, by its correlation ID. */
    const produces = new Map<number, number>();
    const metadataIds = new Set<number>();
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
        if (apiKey === PRODUCE) produces.set(frame.readInt32BE(8), frame.readInt16BE(6));
        if (apiKey === METADATA) metadataIds.add(frame.readInt32BE(8));
        const passage = this.onRequest(apiKey, frame);
        if (passage === 'pass') broker.write(frame);
        if (passage === 'hold') this.held.push(() => broker.write(frame));
      }
    });
    broker.on('data', (chunk: Buffer) => {
      for (const frame of answers.push(chunk)) {
        const id = frame.readInt32BE(4);
        const version = produces.get(id);
        produces.delete(id);
        if (metadataIds.delete(id)) this.leadHere(frame);
        const passes = version === undefined || this.onProduceAnswer(new ProduceAnswer(frame, version)) === 'pass';
        if (client.writable && passes) client.write(frame);
      }
    });
  }

  /** Replaces the port of the broker by ours, wherever it stands behind the broker's host. */
  private leadHere(metadata: Buffer): void {
    const port = Buffer.alloc(4);
    port.writeInt32BE(this.broker.port);
    const advertised = Buffer.concat([Buffer.from(this.broker.host), port]);
    for (let at = metadata.indexOf(advertised); at >= 0; at = metadata.indexOf(advertised, at + advertised.length))
      metadata.writeInt32BE(this.port, at + this.broker.host.length);
  }
}
