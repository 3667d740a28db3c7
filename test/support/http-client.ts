import { request } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

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

const start = (
  baseUrl: string,
  { method, path, headers, body }: HttpRequest,
): { readonly outgoing: ClientRequest; readonly answer: Promise<HttpAnswer> } => {
  const { hostname, port } = new URL(baseUrl);
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const outgoing = request({ hostname, port, method, path, headers: { ...length, ...headers }, agent: false });
  const answer = new Promise<HttpAnswer>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
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
    });
  });
  return { outgoing, answer };
};

/** One request on a connection of its own, with nothing added but what HTTP itself asks for. */
export const send = (baseUrl: string, request: HttpRequest): Promise<HttpAnswer> => {
  const { outgoing, answer } = start(baseUrl, request);
  outgoing.end(request.body);
  return answer;
};

/** As `send`, but the body follows only when the server has the headers and `between` was called. */
export const sendInTwoSteps = (baseUrl: string, request: HttpRequest, between: () => void): Promise<HttpAnswer> => {
  const headers = { ...request.headers, expect: '100-continue' };
  const { outgoing, answer } = start(baseUrl, { ...request, headers });
  outgoing.on('continue', () => {
    between();
    outgoing.end(request.body);
  });
  outgoing.flushHeaders();
  return answer;
};

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
