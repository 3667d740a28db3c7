import type { FastifyReply } from 'fastify';
import { problemOf } from './problem-details.ts';
import type { ApiError } from './problem-details.ts';
import type { StoredAnswer } from './stored-answer.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export const sendProblem = (reply: FastifyReply, error: ApiError): FastifyReply => {
  const { details, headers } = problemOf(error);
  return reply
    .code(details.status)
    .headers({ 'cache-control': 'no-store', ...headers })
    .type(PROBLEM_TYPE)
    .send(JSON.stringify(details));
};

export const sendJsonText = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).header('cache-control', 'no-store').type(JSON_TYPE).send(text);

export const sendJson = (reply: FastifyReply, status: number, value: unknown): FastifyReply =>
  sendJsonText(reply, status, JSON.stringify(value));

/** The same status, headers and bytes each time; `idempotency-replayed` alone tells a repetition. */
export const sendStoredAnswer = (reply: FastifyReply, answer: StoredAnswer, replayed: boolean): FastifyReply =>
  reply
    .code(answer.status)
    .headers({
      'cache-control': 'no-store',
      ...answer.headers,
      ...(replayed ? { 'idempotency-replayed': 'true' } : {}),
    })
    .type(JSON_TYPE)
    .send(answer.body);
