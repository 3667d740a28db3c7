import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { closed } from '../contract/closed.ts';
import type { AccessControl } from '../http/access-control.ts';
import { readBody } from '../http/read-request.ts';
import { sendJson, sendProblem } from '../http/reply.ts';
import { isFromOwnOrigin, sessionOf } from '../http/request-access.ts';
import type { ConsoleSession, ConsoleSessions } from './console-sessions.ts';
import { pageFiles } from './page-files.ts';
import type { PageFile } from './page-files.ts';

export interface ConsoleParts {
  readonly tokens: Pick<AccessControl, 'holderOf' | 'isConfigured'>;
  readonly sessions: ConsoleSessions;
}

/** The page runs its own modules and asks its own origin; nothing else, and nothing that is written into it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Guesses at tokens are slow work, from one address. */
const LOG_INS = { max: 30, timeWindow: 60_000 };

const LogIn = closed(t.readonly(t.strict({ token: t.string }), 'LogIn'));

const sendFile =
  ({ type, bytes, etag }: PageFile) =>
  (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    reply.header('cache-control', 'no-cache').header('etag', etag).header('content-security-policy', POLICY);
    return request.headers['if-none-match'] === etag ? reply.code(304).send() : reply.type(type).send(bytes);
  };

const sendSession = (reply: FastifyReply, session: ConsoleSession): FastifyReply => sendJson(reply, 200, session);

/** `/console`: the page, and the session that it exchanges a token for. The page asks the API like anybody else. */
export const addConsoleRoutes = (server: FastifyInstance, { tokens, sessions }: ConsoleParts): void => {
  for (const file of pageFiles()) {
    const urls = file.path === 'index.html' ? ['/console', '/console/'] : [`/console/${file.path}`];
    for (const url of urls) server.get(url, { config: { rateLimit: false } }, sendFile(file));
  }
  server.get('/console/session', (request, reply) => {
    const session = sessions.of(request.headers.cookie);
    // To ask whether one is logged in is no error.
    return session === undefined
      ? reply.code(204).header('cache-control', 'no-store').send()
      : sendSession(reply, session);
  });
  server.post('/console/session', { config: { rateLimit: LOG_INS } }, (request, reply) => {
    if (!tokens.isConfigured) return sendProblem(reply, { _tag: 'OperatorTokenNotConfigured' });
    if (!isFromOwnOrigin(request)) return sendProblem(reply, { _tag: 'CrossSiteRequest' });
    const body = readBody(request, LogIn);
    if (E.isLeft(body)) return sendProblem(reply, body.left);
    const caller = tokens.holderOf(body.right.token);
    if (caller === undefined) return sendProblem(reply, { _tag: 'Unauthorized' });
    const { session, cookie } = sessions.begin(caller.actor, request.headers.host);
    return sendSession(reply.header('set-cookie', cookie), session);
  });
  server.delete('/console/session', (request, reply) => {
    const session = sessionOf(sessions, request);
    if (E.isLeft(session)) return sendProblem(reply, session.left);
    return reply.code(204).header('set-cookie', sessions.end(request.headers.host)).send();
  });
};
