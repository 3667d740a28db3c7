import type { FastifyInstance } from 'fastify';
import { DOCS_STYLE, docsPageOf } from './docs-page.ts';
import { openApiOf, openApiText } from './openapi.ts';
import type { Operation } from './operation.ts';

/** `/openapi.json`, and the same for people at `/docs`. Made once, when the server is made. */
export const addDocumentationRoutes = (server: FastifyInstance, operations: readonly Operation[]): void => {
  const document = openApiOf(operations);
  const pages = [
    { url: '/openapi.json', type: 'application/json; charset=utf-8', text: openApiText(document) },
    { url: '/docs', type: 'text/html; charset=utf-8', text: docsPageOf(document) },
    { url: '/docs/style.css', type: 'text/css; charset=utf-8', text: DOCS_STYLE },
  ];
  for (const { url, type, text } of pages)
    server.get(url, (_request, reply) => reply.type(type).header('cache-control', 'no-cache').send(text));
};
