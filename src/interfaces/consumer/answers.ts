import type { ServerResponse } from 'node:http';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { UnitOfWorkError } from '../../application/ports/unit-of-work.ts';

export const send = (response: ServerResponse, status: number, contentType: string, body: string): void => {
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
};

export const json = (response: ServerResponse, status: number, body: unknown): void => {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
};

/** RFC 9457. */
export const problem = (
  response: ServerResponse,
  status: number,
  name: string,
  title: string,
  more: { readonly detail?: string; readonly errors?: readonly object[] } = {},
): void => {
  const body = { type: `urn:orderly:problem:${name}`, title, status, ...more };
  send(response, status, 'application/problem+json', JSON.stringify(body));
};

export const methodNotAllowed = (response: ServerResponse, ...allowed: readonly string[]): void => {
  response.setHeader('allow', allowed.join(', '));
  problem(response, 405, 'method-not-allowed', `Only ${allowed.join(' and ')} are allowed here`);
};

/** What was asked of the consumer's database. */
export const answerOf = (response: ServerResponse, asked: Either<UnitOfWorkError, unknown>): void => {
  if (E.isRight(asked)) json(response, 200, asked.right);
  else problem(response, 503, 'storage-unavailable', "The consumer's database does not answer");
};
