import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Span, Tracer } from '../../application/ports/tracer.ts';

/** Health and metrics are asked every few seconds, and are nobody's request. */
const UNTRACED: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);
const SERVER_ERROR = 500;

/** Each request as a span. What is done for it finds the span in the header in which it would find the caller's. */
export const traceRequests = (server: FastifyInstance, tracer: Tracer): void => {
  const spans = new WeakMap<FastifyRequest, Span>();
  server.addHook('onRequest', (request, _reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    if (!UNTRACED.has(route)) {
      const { method, headers } = request;
      const { traceparent } = headers;
      const span = tracer.start({
        name: `${method} ${route}`,
        kind: 'server',
        parent: typeof traceparent === 'string' ? traceparent : undefined,
        attributes: { 'http.request.method': method, 'http.route': route },
      });
      spans.set(request, span);
      headers['traceparent'] = span.traceparent;
    }
    done();
  });
  server.addHook('onResponse', (request, { statusCode }, done) => {
    const failure = statusCode >= SERVER_ERROR ? String(statusCode) : undefined;
    spans.get(request)?.end({ failure, attributes: { 'http.response.status_code': statusCode } });
    done();
  });
};
