import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import * as t from 'io-ts';
import { decoded } from './decoded.ts';

const KeyValue = t.type({
  key: t.string,
  value: t.union([t.type({ stringValue: t.string }), t.type({ intValue: t.string })]),
});
const Id = (digits: number) =>
  t.refinement(t.string, (text) => new RegExp(`^[0-9a-f]{${digits}}$`).test(text) && !/^0+$/.test(text));
const Nanoseconds = t.refinement(t.string, (text) => /^\d{19}$/.test(text));
const Span = t.intersection([
  t.type({
    traceId: Id(32),
    spanId: Id(16),
    name: t.string,
    kind: t.number,
    startTimeUnixNano: Nanoseconds,
    endTimeUnixNano: Nanoseconds,
    attributes: t.array(KeyValue),
    links: t.array(t.type({ traceId: Id(32), spanId: Id(16) })),
    status: t.partial({ code: t.number, message: t.string }),
  }),
  t.partial({ parentSpanId: Id(16) }),
]);
/** `TracesData` of OTLP in JSON. */
export const Traces = t.type({
  resourceSpans: t.array(
    t.type({
      resource: t.type({ attributes: t.array(KeyValue) }),
      scopeSpans: t.array(t.type({ scope: t.type({ name: t.string }), spans: t.array(Span) })),
    }),
  ),
});

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Span IDs. */
  readonly links: readonly string[];
  readonly failure: string | undefined;
}

const mapOf = (pairs: readonly t.TypeOf<typeof KeyValue>[]): ReadonlyMap<string, string> =>
  new Map(pairs.map(({ key, value }) => [key, 'stringValue' in value ? value.stringValue : value.intValue]));

export const spansOf = ({ resourceSpans }: t.TypeOf<typeof Traces>): readonly ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        service: mapOf(resource.attributes).get('service.name') ?? '',
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId,
        name: span.name,
        kind: KINDS[span.kind] ?? '',
        attributes: mapOf(span.attributes),
        links: span.links.map(({ spanId }) => spanId),
        failure: span.status.code === undefined ? undefined : span.status.message,
      })),
    ),
  );

/** A collector that keeps what it is sent: OTLP over HTTP, in JSON. What is malformed it refuses, as a collector does. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        try {
          if (request.url !== '/v1/traces') throw new Error('unknown path');
          this.spans.push(...spansOf(decoded(Traces, JSON.parse(body))));
          response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
        } catch {
          response.writeHead(400).end();
        }
      });
    });
  }

  async open(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
