import { isDeepStrictEqual } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { JsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { Schema } from './schema-document.ts';

const Reference = t.strict({ $ref: t.string });
const Content = t.record(
  t.string,
  t.exact(t.intersection([t.type({ schema: t.union([Reference, Schema]) }), t.partial({ example: t.unknown })])),
);
const Answer = t.strict({ description: t.string, content: Content });
const Parameter = t.strict({
  name: t.string,
  in: t.string,
  required: t.boolean,
  description: t.string,
  schema: Schema,
});
const Operation = t.exact(
  t.intersection([
    t.type({
      operationId: t.string,
      tags: t.readonlyArray(t.string),
      summary: t.string,
      parameters: t.readonlyArray(Parameter),
      responses: t.record(t.string, Answer),
    }),
    t.partial({
      requestBody: t.strict({ required: t.boolean, content: Content }),
      security: t.readonlyArray(t.record(t.string, t.readonlyArray(t.string))),
    }),
  ]),
);
const Document = t.strict({
  openapi: t.literal('3.1.0'),
  info: t.strict({ title: t.string, version: t.string, description: t.string }),
  tags: t.readonlyArray(t.strict({ name: t.string, description: t.string })),
  paths: t.record(t.string, t.record(t.string, Operation)),
  components: t.strict({ schemas: t.record(t.string, Schema), securitySchemes: t.UnknownRecord }),
});

export type OpenApi = t.TypeOf<typeof Document>;
export type OpenApiOperation = t.TypeOf<typeof Operation>;
export type OpenApiAnswer = t.TypeOf<typeof Answer>;
export type OpenApiContent = t.TypeOf<typeof Content>;

/** Throws when `text` is no such document, or says something that is not known here: it could not be compared. */
export const readOpenApi = (name: string, text: string): OpenApi => {
  const json: unknown = JSON.parse(text);
  const document = Document.decode(json);
  if (E.isLeft(document) || !isDeepStrictEqual(document.right, json))
    throw new TypeError(`${name} is no OpenAPI document as this service writes them`);
  return document.right;
};

const COMPONENT = '#/components/schemas/';

/** What a schema says or points to. Throws when there is nothing. */
export const resolvedIn = ({ components }: OpenApi, schema: OpenApiContent[string]['schema']): JsonSchema => {
  if (!('$ref' in schema)) return schema;
  const found = schema.$ref.startsWith(COMPONENT) ? components.schemas[schema.$ref.slice(COMPONENT.length)] : undefined;
  if (found === undefined) throw new TypeError(`${schema.$ref} is not there`);
  return found;
};
