import { once } from 'node:events';
import http from 'node:http';

/**
 * One address for several APIs, as a cluster gives them: each request goes to the next one, over a connection of its own. An API that
 * was taken out gets no new requests and answers those it has. Nothing is repeated here: a request whose API goes away
 * ends without an answer, and its client decides.
 *
 * Own code, since it is these few lines; a kept proxy brings retries and health checks that would hide what happens.
 */
export class Balancer {
  readonly #server: http.Server;
  readonly #targets: URL[];
  #turn = 0;
  #served = new Map<string, number>();

  private constructor(server: http.Server, target: string) {
    this.#server = server;
    this.#targets = [new URL(target)];
  }

  /** `target` is the address of the first API. */
  static async open(target: string): Promise<Balancer> {
    const server = http.createServer();
    const balancer = new Balancer(server, target);
    server.on('request', (request, response) => balancer.#forward(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return balancer;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the balancer is closed');
    return `http://127.0.0.1:${address.port}`;
  }

  add(target: string): void {
    this.#targets.push(new URL(target));
  }

  remove(target: string): void {
    const at = this.#targets.findIndex(({ origin }) => origin === new URL(target).origin);
    if (at < 0) throw new Error(`${target} takes no requests here`);
    this.#targets.splice(at, 1);
  }

  /** Answers that came from `target` since it was opened. */
  servedBy(target: string): number {
    return this.#served.get(new URL(target).origin) ?? 0;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #forward(request: http.IncomingMessage, response: http.ServerResponse): void {
    const target = this.#targets[this.#turn++ % this.#targets.length];
    if (target === undefined) {
      response.writeHead(503).end();
      return;
    }
    const { method, headers, url = '/' } = request;
    const onward = http.request(new URL(url, target), { method, headers, agent: false }, (answer) => {
      this.#served.set(target.origin, this.servedBy(target.origin) + 1);
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
}
