import type { Socket } from 'node:net';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { LogController } from 'fastify';
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { describeCause } from '../../application/describe-cause.ts';
import type { Tracer } from '../../application/ports/tracer.ts';
import { addDocumentationRoutes } from './documentation-routes.ts';
import type { HttpError } from './http-error.ts';
import { addMethodRoutes } from './method-routes.ts';
import type { Operation } from './operation.ts';
import { problemOf } from './problem-details.ts';
import { PROBLEM_TYPE, sendProblem } from './reply.ts';
import { RequestRefused } from './request-refused.ts';
import { traceRequests } from './trace-requests.ts';

export interface RequestObserver {
  finished(request: {
    readonly method: string;
    /** Pattern of the route, or `unknown`. */
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
}

export interface HttpServerOptions {
  readonly operations: readonly Operation[];
  /** Adds routes that are for people, such as the console. */
  readonly addPages?: (server: FastifyInstance) => void;
  readonly log: FastifyBaseLogger;
  readonly observer: RequestObserver;
  /** Without it, requests leave no spans. */
  readonly tracer?: Tracer | undefined;
  /** A name for each request in the log and in header `x-request-id`. */
  readonly newRequestId: () => string;
  /** Requests per second and client address; health and metrics are not counted. */
  readonly rateLimitPerSecond: number;
  /** A request that has not arrived whole by then is cut off with 408. */
  readonly requestTimeoutMs: number;
}

/** Largest request body. */
export const BODY_LIMIT_BYTES = 256 * 1_024;

const errorOf = (error: FastifyError | RequestRefused): HttpError => {
  if (error instanceof RequestRefused) return error.error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { _tag: 'BodyTooLarge', maxBytes: BODY_LIMIT_BYTES };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { _tag: 'UnsupportedMediaType' };
  }
  const { statusCode } = error;
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? { _tag: 'MalformedRequest', reason: 'The path, the headers or the length of the body cannot be read.' }
    : { _tag: 'InternalError' };
};

const socketErrorOf = (code: string | undefined): HttpError => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { _tag: 'RequestTimeout' };
  if (code === 'HPE_HEADER_OVERFLOW') return { _tag: 'HeadersTooLarge' };
  return { _tag: 'MalformedRequest', reason: 'This is not HTTP as the server reads it.' };
};

/** Answers on the bare socket what never became a request: bytes that are no HTTP, or that came too slowly. */
const answerOnSocket = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { details } = problemOf(socketErrorOf(error.code));
  const body = JSON.stringify(details);
  const head = [
    `HTTP/1.1 ${details.status} ${details.title}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};

const JSON_MEDIA_TYPE = /^application\/json(?:\s*;\s*charset\s*=\s*"?utf-8"?)?\s*$/i;

/** Bodies are taken as bytes: their hash is the fingerprint, and strict-json.ts reads them. */
const takeBodiesAsBytes = (server: FastifyInstance): void => {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(JSON_MEDIA_TYPE, { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
};

const refuseEarly = (request: FastifyRequest): HttpError | undefined => {
  const encoding = request.headers['content-encoding'];
  return encoding !== undefined && encoding.toLowerCase() !== 'identity'
    ? { _tag: 'UnsupportedContentEncoding' }
    : undefined;
};

const QUIET = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false };

const addSecurity = async (server: FastifyInstance, options: HttpServerOptions): Promise<void> => {
  await server.register(helmet, {
    // TLS ends before this server, and the page needs nothing but its own style.
    hsts: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'style-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
  });
  await server.register(rateLimit, {
    max: options.rateLimitPerSecond,
    timeWindow: 1_000,
    addHeaders: QUIET,
    addHeadersOnExceeding: QUIET,
    errorResponseBuilder: (_request, { ttl }) =>
      new RequestRefused({ _tag: 'RateLimited', retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1_000)) }),
  });
};

const addHooks = (server: FastifyInstance, options: HttpServerOptions): void => {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id);
    if (closing) done(new RequestRefused({ _tag: 'ShuttingDown' }));
    else {
      const error = refuseEarly(request);
      if (error === undefined) done();
      else done(new RequestRefused(error));
    }
  });
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    const { method, id } = request;
    const { statusCode: status, elapsedTime } = reply;
    options.observer.finished({ method, route, status, seconds: elapsedTime / 1_000 });
    const line = { requestId: id, method, route, status, ms: Math.round(elapsedTime) };
    if (status >= 500) options.log.warn(line, 'request failed');
    else options.log.debug(line, 'request');
    done();
  });
};

const registerOperation = (server: FastifyInstance, { method, path, tag, handle }: Operation): void => {
  server.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: tag === 'service' ? { rateLimit: false } : {},
    handler: handle,
  });
};

/** The server with its routes, not listening yet. Every error it answers is `application/problem+json`. */
/** Where in the code, without the message that a stack begins with. */
const placesIn = ({ stack = '' }: Error): string => stack.match(/^ +at .*$/gm)?.join('') ?? '';

export const createHttpServer = async (options: HttpServerOptions): Promise<FastifyInstance> => {
  const server = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: options.newRequestId,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: options.requestTimeoutMs,
    http: {
      // Left above the request time-out (60 s by default), Node would swap the two.
      headersTimeout: options.requestTimeoutMs,
      // Node looks for late requests only this often.
      connectionsCheckingInterval: Math.min(1_000, options.requestTimeoutMs),
    },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerOnSocket,
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, errorOf(error));
    },
  });
  takeBodiesAsBytes(server);
  await addSecurity(server, options);
  if (options.tracer !== undefined) traceRequests(server, options.tracer);
  addHooks(server, options);
  server.setErrorHandler((error: FastifyError | RequestRefused, request, reply) => {
    const refused = errorOf(error);
    if (refused._tag === 'InternalError')
      options.log.error({ requestId: request.id, error: describeCause(error), where: placesIn(error) }, 'defect');
    return sendProblem(reply, refused);
  });
  server.setNotFoundHandler({ preHandler: server.rateLimit() }, (_request, reply) =>
    sendProblem(reply, { _tag: 'RouteNotFound' }),
  );
  const methods = addMethodRoutes(server);
  for (const operation of options.operations) registerOperation(server, operation);
  addDocumentationRoutes(server, options.operations);
  options.addPages?.(server);
  methods.complete();
  return server;
};
