import type { FastifyRequest } from 'fastify';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { mayAct } from '../../application/operations/access-role.ts';
import type { AccessRole } from '../../application/operations/access-role.ts';
import type { ConsoleSession, ConsoleSessions } from '../console/console-sessions.ts';
import type { AccessControl, Caller } from './access-control.ts';
import type { HttpError } from './http-error.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** True when the browser says that a page of this very origin sent the request. */
export const isFromOwnOrigin = ({ headers: { origin, host } }: Pick<FastifyRequest, 'headers'>): boolean =>
  origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;

/** The session of the request, if it is really the console that sent it; else why not. */
export const sessionOf = (
  sessions: ConsoleSessions,
  request: Pick<FastifyRequest, 'headers' | 'method'>,
): Either<HttpError, ConsoleSession> => {
  const session = sessions.of(request.headers.cookie);
  if (session === undefined) return E.left({ _tag: 'Unauthorized' });
  const isMeant =
    SAFE_METHODS.has(request.method) ||
    (isFromOwnOrigin(request) && request.headers['x-csrf-token'] === session.csrfToken);
  return isMeant ? E.right(session) : E.left({ _tag: 'CrossSiteRequest' });
};

/** Tells callers by the token they send, or else by the session that the console has exchanged one for. */
export class RequestAccess {
  constructor(
    private readonly tokens: AccessControl,
    private readonly sessions: ConsoleSessions,
  ) {}

  /** Who sent this request, if that one may act as `needed`; else why not. */
  admit(request: FastifyRequest, needed: AccessRole): Either<HttpError, Caller> {
    const { authorization, cookie } = request.headers;
    if (authorization !== undefined || cookie === undefined) return this.tokens.admit(authorization, needed);
    const session = sessionOf(this.sessions, request);
    if (E.isLeft(session)) return session;
    const { actor, role } = session.right;
    return mayAct(role, needed) ? E.right({ actor, role }) : E.left({ _tag: 'Forbidden', needed });
  }
}
