import type * as t from 'io-ts';
import { ValueCodec } from '../../domain/value-codec.ts';
import type { ChoiceRule, IntegerRule, ListRule, TextRule } from '../../domain/value-codec.ts';

export interface Field {
  readonly name: string;
  readonly codec: t.Mixed;
  readonly required: boolean;
}

/** What a codec accepts, as far as schemas and messages need to know. */
export type Shape =
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  /** An object that refuses the fields it does not know, as do all objects within it. */
  | { readonly kind: 'closed'; readonly inner: t.Mixed }
  | { readonly kind: 'list'; readonly item: t.Mixed; readonly rule: ListRule | undefined }
  | { readonly kind: 'value'; readonly rule: TextRule | IntegerRule | ChoiceRule }
  | { readonly kind: 'union'; readonly members: readonly t.Mixed[] }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }
  | { readonly kind: 'string' | 'number' | 'boolean' | 'null' };

/** How a codec that refuses unknown fields shows itself (see closed.ts). */
export interface ClosedShape<C extends t.Mixed> {
  readonly _tag: 'ClosedCodec';
  readonly inner: C;
}

type KnownCodec =
  | t.StringType
  | t.NumberType
  | t.BooleanType
  | t.NullType
  | t.LiteralType<string | number | boolean>
  | t.InterfaceType<t.Props>
  | t.PartialType<t.Props>
  | t.IntersectionType<t.Mixed[]>
  | t.UnionType<t.Mixed[]>
  | t.ReadonlyArrayType<t.Mixed>
  | t.ExactType<t.Mixed>
  | t.ReadonlyType<t.Mixed>
  | t.RefinementType<t.Mixed>
  | ClosedShape<t.Mixed>;

/** Any codec, as far as its type tells. */
type Named = Pick<t.Mixed, 'name'>;

const fieldsOf = (props: t.Props, required: boolean): Field[] =>
  Object.entries(props).map(([name, codec]) => ({ name, codec, required }));

const intersected = (parts: readonly t.Mixed[], name: string): Shape => ({
  kind: 'object',
  fields: parts
    .map((part) => shapeOf(part))
    .flatMap((part) => {
      if (part.kind === 'object') return part.fields;
      throw new TypeError(`codec ${name}: only objects can be intersected`);
    }),
});

/** Throws for a codec of a kind that the contract does not use yet: teach it here first. */
export const shapeOf = (codec: Named): Shape => {
  if (codec instanceof ValueCodec) {
    const { rule } = codec;
    if (rule.kind !== 'list') return { kind: 'value', rule };
    const base = shapeOf(codec.type as t.Mixed);
    return base.kind === 'list' ? { ...base, rule } : base;
  }
  // io-ts tells its codecs apart by `_tag`, which its base type does not show.
  const known = codec as Named & KnownCodec;
  switch (known._tag) {
    case 'StringType':
      return { kind: 'string' };
    case 'NumberType':
      return { kind: 'number' };
    case 'BooleanType':
      return { kind: 'boolean' };
    case 'NullType':
      return { kind: 'null' };
    case 'LiteralType':
      return { kind: 'literal', value: known.value };
    case 'InterfaceType':
      return { kind: 'object', fields: fieldsOf(known.props, true) };
    case 'PartialType':
      return { kind: 'object', fields: fieldsOf(known.props, false) };
    case 'IntersectionType':
      return intersected(known.types, known.name);
    case 'UnionType':
      return { kind: 'union', members: known.types };
    case 'ReadonlyArrayType':
      return { kind: 'list', item: known.type, rule: undefined };
    case 'ExactType':
    case 'ReadonlyType':
      return shapeOf(known.type);
    case 'ClosedCodec':
      return { kind: 'closed', inner: known.inner };
    case 'RefinementType':
      break;
  }
  throw new TypeError(`codec ${codec.name}: its rule cannot be read, give it one with value-codec.ts`);
};
