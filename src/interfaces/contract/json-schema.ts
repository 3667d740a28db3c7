import type * as t from 'io-ts';
import { shapeOf } from './codec-shape.ts';
import type { Field, Shape } from './codec-shape.ts';
import type { ListRule } from '../../domain/value-codec.ts';

/** The part of JSON Schema draft 2020-12 (the dialect of OpenAPI 3.1 and AsyncAPI 3) that the contract uses. */
export interface JsonSchema {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  readonly const?: string | number | boolean;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: 'date-time';
  readonly minimum?: number;
  readonly maximum?: number;
}

type ValueRule = Extract<Shape, { kind: 'value' }>['rule'];

const valueSchema = (rule: ValueRule): JsonSchema => {
  const told = { description: rule.words, examples: [rule.example] };
  switch (rule.kind) {
    case 'text': {
      const { minLength, maxLength, pattern, format } = rule;
      const formatted = format === undefined ? {} : { format: format.name };
      return { type: 'string', minLength, maxLength, pattern: pattern.source, ...formatted, ...told };
    }
    case 'integer':
      return { type: 'integer', minimum: rule.minimum, maximum: rule.maximum, ...told };
    case 'choice':
      return { type: 'string', enum: [...rule.values], ...told };
  }
};

const objectSchema = (fields: readonly Field[], closed: boolean): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(fields.map(({ name, codec }) => [name, titled(codec, closed)])),
  required: fields.filter((field) => field.required).map((field) => field.name),
  ...(closed ? { additionalProperties: false } : {}),
});

const listSchema = (item: t.Mixed, rule: ListRule | undefined, closed: boolean): JsonSchema => ({
  type: 'array',
  items: titled(item, closed),
  ...(rule === undefined ? {} : { minItems: rule.minItems, maxItems: rule.maxItems, description: rule.words }),
});

const schemaOf = (codec: t.Mixed, closed: boolean): JsonSchema => {
  const shape = shapeOf(codec);
  switch (shape.kind) {
    case 'object':
      return objectSchema(shape.fields, closed);
    case 'closed':
      return schemaOf(shape.inner, true);
    case 'list':
      return listSchema(shape.item, shape.rule, closed);
    case 'value':
      return valueSchema(shape.rule);
    case 'union':
      return { anyOf: shape.members.map((member) => titled(member, closed)) };
    case 'literal':
      return { const: shape.value };
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return { type: shape.kind };
  }
};

// Names given by hand read `Money`; those made up by io-ts read `Readonly<{| … |}>`.
const GIVEN_NAME = /^[A-Z][A-Za-z0-9]*$/;

const titled = (codec: t.Mixed, closed: boolean): JsonSchema => ({
  ...(GIVEN_NAME.test(codec.name) ? { title: codec.name } : {}),
  ...schemaOf(codec, closed),
});

/**
 * The JSON Schema of what `codec` accepts. It says what the codec checks, no more and no less; unknown fields are
 * allowed (the codec drops them) but in a closed codec.
 */
export const toJsonSchema = (codec: t.Mixed): JsonSchema => titled(codec, false);
