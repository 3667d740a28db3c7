import type { FastifyReply, FastifyRequest } from 'fastify';
import * as E from 'fp-ts/lib/Either.js';
import type { AccessRole } from '../../application/operations/access-role.ts';
import type { Caller } from './access-control.ts';
import type { Operation } from './operation.ts';
import { sendProblem } from './reply.ts';
import type { RequestAccess } from './request-access.ts';

export type AdmittedHandler = (
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
) => FastifyReply | Promise<FastifyReply>;

/** Nothing of the request is looked at before its sender may do this. */
export const admitted = (
  access: Pick<RequestAccess, 'admit'>,
  role: AccessRole,
  handle: AdmittedHandler,
): Pick<Operation, 'role' | 'handle'> => ({
  role,
  handle: (request, reply) => {
    const caller = access.admit(request, role);
    return E.isLeft(caller) ? sendProblem(reply, caller.left) : handle(request, reply, caller.right);
  },
});
