import { createServer } from 'node:http';
import type { Server } from 'node:http';

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly body: string;
}

export interface StubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An order service that notes what it is asked and answers what the test says. */
export class StubApi {
  readonly requests: StubRequest[] = [];
  answer: (request: StubRequest, earlier: number) => StubAnswer = () => ({ status: 200 });
  private server: Server | undefined;
  private port = 0;

  /** Listens on the port it had before, if it had one. */
  async open(): Promise<void> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const asked = { method, path: url, key: String(headers['idempotency-key']), body };
        const earlier = this.requests.filter(({ key }) => key === asked.key).length;
        this.requests.push(asked);
        const { status, headers: answered = {}, body: text = '{}' } = this.answer(asked, earlier);
        response.writeHead(status, answered);
        response.end(text);
      });
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
    this.server = server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on connections are refused. */
  async close(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}
