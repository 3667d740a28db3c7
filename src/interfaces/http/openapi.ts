import * as t from 'io-ts';
import { toJsonSchema } from '../contract/json-schema.ts';
import type { JsonSchema } from '../contract/json-schema.ts';
import type { Operation, OperationAnswer, OperationParameter } from './operation.ts';

interface OpenApiParameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
}

interface OpenApiContent {
  readonly schema: JsonSchema | { readonly $ref: string };
  readonly example?: unknown;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Readonly<Record<string, OpenApiContent>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content: Readonly<Record<string, OpenApiContent>> }>
  >;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: Readonly<Record<string, unknown>>;
}

const ProblemCodec = t.intersection(
  [
    t.type({ type: t.string, title: t.string, status: t.number, detail: t.string }),
    t.partial({ errors: t.readonlyArray(t.type({ path: t.string, message: t.string })) }),
  ],
  'Problem',
);

const parameterOf = ({ name, in: where, required, description, codec }: OperationParameter): OpenApiParameter => ({
  name,
  in: where,
  required,
  description,
  schema: toJsonSchema(codec),
});

const contentOf = ({ contentType, codec }: OperationAnswer): Readonly<Record<string, OpenApiContent>> => ({
  [contentType]: {
    schema:
      codec === undefined ? { type: contentType === 'application/json' ? 'object' : 'string' } : toJsonSchema(codec),
  },
});

const operationOf = (operation: Operation): OpenApiOperation => ({
  operationId: operation.operationId,
  tags: [operation.tag],
  summary: operation.summary,
  parameters: (operation.parameters ?? []).map(parameterOf),
  ...(operation.body === undefined
    ? {}
    : {
        requestBody: {
          required: operation.body.required,
          content: {
            'application/json': { schema: toJsonSchema(operation.body.codec), example: operation.body.example },
          },
        },
      }),
  responses: {
    ...Object.fromEntries(
      operation.answers.map((answer) => [
        String(answer.status),
        { description: answer.description, content: contentOf(answer) },
      ]),
    ),
    default: {
      description: 'What is wrong (RFC 9457). Tell problems apart by `type`.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
  ...(operation.role === undefined ? {} : { security: [{ operatorToken: [operation.role] }] }),
});

/** OpenAPI 3.1 of the operations; schemas are made from the codecs that check the requests. */
export const openApiOf = (operations: readonly Operation[]): OpenApiDocument => {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  for (const operation of operations)
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = operationOf(operation);
  return {
    openapi: '3.1.0',
    info: {
      title: 'orderly',
      version: '1.0.0',
      description:
        'Orders, and what becomes of their events. Money is in whole minor units (cents). Every POST needs an Idempotency-Key: sent again with the same key and body, it is done once and answered with the same bytes.',
    },
    tags: [
      { name: 'orders', description: 'Place an order and move it on.' },
      { name: 'operator', description: 'See what waits or is quarantined; put it back to work, or give it up.' },
      { name: 'service', description: 'Health and metrics.' },
    ],
    paths,
    components: {
      schemas: { Problem: toJsonSchema(ProblemCodec) },
      securitySchemes: { operatorToken: { type: 'http', scheme: 'bearer' } },
    },
  };
};

/** The document as it is served, byte for byte. */
export const openApiText = (document: OpenApiDocument): string => JSON.stringify(document, null, 2);
