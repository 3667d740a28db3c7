import net from 'node:net';

/** A TCP proxy in front of one server, so that a test can take the network away and give it back. */
export class SeverableProxy {
  private readonly sockets = new Set<net.Socket>();
  private up = true;

  private constructor(
    private readonly server: net.Server,
    readonly port: number,
  ) {}

  static async open(target: { readonly host: string; readonly port: number }): Promise<SeverableProxy> {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const proxy = new SeverableProxy(server, typeof address === 'object' && address !== null ? address.port : 0);
    server.on('connection', (client) => {
      proxy.accept(client, target);
    });
    return proxy;
  }

  /** Every open connection is reset; new ones are closed as soon as they come. */
  cut(): void {
    this.up = false;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.up = true;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(client: net.Socket, target: { readonly host: string; readonly port: number }): void {
    if (!this.up) {
      client.resetAndDestroy();
      return;
    }
    const upstream = net.connect(target);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
