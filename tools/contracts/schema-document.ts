import { isDeepStrictEqual } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { versionOf } from '../../src/interfaces/contract/envelope-headers.ts';
import type { EventSchema } from '../../src/interfaces/contract/event-schemas.ts';
import type { JsonSchema } from '../../src/interfaces/contract/json-schema.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const keywords = {
  title: t.string,
  description: t.string,
  examples: t.readonlyArray(t.unknown),
  type: t.keyof({ object: 0, array: 0, string: 0, integer: 0, number: 0, boolean: 0, null: 0 }),
  const: t.union([t.string, t.number, t.boolean]),
  enum: t.readonlyArray(t.string),
  required: t.readonlyArray(t.string),
  additionalProperties: t.boolean,
  minItems: t.number,
  maxItems: t.number,
  minLength: t.number,
  maxLength: t.number,
  pattern: t.string,
  format: t.literal('date-time'),
  minimum: t.number,
  maximum: t.number,
};

/** Reads the part of JSON Schema that the contract uses, and drops the rest. */
export const Schema: t.Type<JsonSchema> = t.recursion('JsonSchema', () =>
  t.exact(
    t.partial({
      ...keywords,
      anyOf: t.readonlyArray(Schema),
      properties: t.record(t.string, Schema),
      items: Schema,
    }),
  ),
);

const Head = t.strict({ $schema: t.literal(DIALECT), $id: t.string, title: t.string, description: t.string });

/** A JSON Schema that stands in a file of its own. */
export type SchemaDocument = t.TypeOf<typeof Head> & JsonSchema;

/** Its `$id` is what header `ce_dataschema` says, its title the event's type, its description what happened. */
export const schemaDocumentOf = ({ type, dataSchema, summary, payload }: EventSchema): SchemaDocument => ({
  $schema: DIALECT,
  $id: dataSchema,
  ...payload,
  title: type,
  description: summary,
});

/** As it stands in its file. */
export const schemaText = (document: SchemaDocument): string => `${JSON.stringify(document, null, 2)}\n`;

/** Throws when `text` is no such document, or says something that is not known here: it could not be compared. */
export const readEventSchema = (name: string, text: string): EventSchema => {
  const json: unknown = JSON.parse(text);
  const [head, payload] = [Head.decode(json), Schema.decode(json)];
  if (E.isLeft(head) || E.isLeft(payload) || !isDeepStrictEqual({ ...head.right, ...payload.right }, json))
    throw new TypeError(`${name} is no JSON Schema as this service writes them`);
  const { $id: dataSchema, title: type, description: summary } = head.right;
  return { type, version: versionOf(dataSchema), summary, dataSchema, payload: payload.right };
};

/** `urn:orderly:order-placed:1` → `order-placed.v1.json` */
export const schemaFileOf = (dataSchema: string): string => {
  const [, , name = '', version = ''] = dataSchema.split(':');
  return `${name}.v${version}.json`;
};
