import { request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as these bytes; without it there is no body. */
  readonly body?: string | Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request on a connection of its own, with nothing added but what HTTP itself asks for. */
export const send = (baseUrl: string, { method, path, headers, body }: HttpRequest): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(baseUrl);
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const outgoing = request(
      { hostname, port, method, path, headers: { ...length, ...headers }, agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      },
    );
    // A server that refuses a large body answers and hangs up while it is still being written.
    outgoing.on('error', reject);
    outgoing.end(body);
  });

let keys = 0;
/** A key no other request of this process has. */
export const freshKey = (): string => {
  keys += 1;
  return `test-${process.pid}-${keys}`;
};

/** A request as well-behaved clients send it; `headers` set to undefined are left out. */
export const post = (path: string, body: unknown, headers: OutgoingHttpHeaders = {}): HttpRequest => {
  const all: OutgoingHttpHeaders = { 'content-type': 'application/json', 'idempotency-key': freshKey(), ...headers };
  return {
    method: 'POST',
    path,
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  };
};
