import type { FastifyReply, FastifyRequest } from 'fastify';
import type * as t from 'io-ts';
import type { AccessRole } from '../../application/operations/access-role.ts';

/** One route: what the OpenAPI document says about it, and what it does. */
export interface Operation {
  readonly operationId: string;
  readonly method: 'GET' | 'POST';
  /** With parameters in braces: `/orders/{orderId}`. */
  readonly path: string;
  readonly tag: 'orders' | 'operator' | 'service';
  readonly summary: string;
  readonly parameters?: readonly OperationParameter[];
  readonly body?: OperationBody;
  readonly answers: readonly OperationAnswer[];
  /** Needs a token of this role; open to anyone without it. */
  readonly role?: AccessRole;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>;
}

export interface OperationParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly required: boolean;
  readonly codec: t.Mixed;
}

export interface OperationBody {
  readonly codec: t.Mixed;
  /** A body the codec accepts. */
  readonly example: unknown;
  readonly required: boolean;
}

export interface OperationAnswer {
  readonly status: number;
  readonly description: string;
  readonly contentType: string;
  /** Absent where the answer is no JSON, or JSON of no fixed shape. */
  readonly codec?: t.Mixed;
}
