import type { FastifyInstance } from 'fastify';
import { RequestRefused } from './request-refused.ts';

/**
 * Remembers which methods each path has, and then answers the others: OPTIONS tells them, any other is refused with
 * 405 before its body is read. `complete` is called when all routes are there.
 */
export const addMethodRoutes = (server: FastifyInstance): { readonly complete: () => void } => {
  const methodsOf = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set<string>();
    for (const each of [method].flat()) methods.add(each);
    methodsOf.set(url, methods);
  });

  return {
    complete: () => {
      for (const [url, methods] of [...methodsOf]) {
        const allowed = [...methods, 'OPTIONS'].sort();
        server.route({
          method: 'OPTIONS',
          url,
          handler: (_request, reply) => reply.code(204).header('allow', allowed.join(', ')).send(),
        });
        server.route({
          method: server.supportedMethods.filter((method) => !allowed.includes(method)),
          url,
          onRequest: (_request, _reply, done) => {
            done(new RequestRefused({ _tag: 'MethodNotAllowed', allowed }));
          },
          handler: (_request, reply) => reply,
        });
      }
    },
  };
};
