import { randomBytes } from 'node:crypto';
import type { Container } from 'inversify';
import type { Readiness } from '../application/operations/readiness.ts';
import type { Tracer } from '../application/ports/tracer.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { addConsoleRoutes } from '../interfaces/console/console-routes.ts';
import { ConsoleSessions } from '../interfaces/console/console-sessions.ts';
import { AccessControl } from '../interfaces/http/access-control.ts';
import type { HttpServerOptions } from '../interfaces/http/http-server.ts';
import { RequestAccess } from '../interfaces/http/request-access.ts';
import { businessOperations } from './business-operations.ts';
import { TOKENS } from './tokens.ts';

type BusinessInterfaces = Required<Pick<HttpServerOptions, 'operations' | 'addPages'>>;

/** What orders and operators ask of the service, over HTTP and by the console. */
export const businessInterfaces = (
  container: Container,
  config: ServiceConfig,
  readiness: Readiness,
  tracer: Tracer | undefined,
): BusinessInterfaces => {
  const { accessTokens, consoleSessionKey } = config.http;
  const tokens = new AccessControl(accessTokens);
  const clock = container.get(TOKENS.Clock);
  const key = consoleSessionKey === undefined ? randomBytes(32) : Buffer.from(consoleSessionKey);
  const sessions = new ConsoleSessions(accessTokens, key, () => clock.now());
  return {
    operations: businessOperations(container, config, readiness, new RequestAccess(tokens, sessions), tracer),
    addPages: (server) => {
      addConsoleRoutes(server, { tokens, sessions });
    },
  };
};
