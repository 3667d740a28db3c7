import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { shapeOf } from './codec-shape.ts';
import type { ClosedShape } from './codec-shape.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const at = (context: t.Context, key: string, type: t.Mixed, actual: unknown): t.Context => [
  ...context,
  { key, type, actual },
];

const unknownFields = (codec: t.Mixed, value: unknown, context: t.Context): t.Errors => {
  const shape = shapeOf(codec);
  switch (shape.kind) {
    case 'object': {
      if (!isObject(value)) return [];
      const known = new Map(shape.fields.map((field) => [field.name, field.codec]));
      return Object.entries(value).flatMap(([name, inner]) => {
        const field = known.get(name);
        return field === undefined
          ? [{ value: inner, context: at(context, name, t.unknown, inner), message: 'is not a known field' }]
          : unknownFields(field, inner, at(context, name, field, inner));
      });
    }
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((item: unknown, index) =>
            unknownFields(shape.item, item, at(context, String(index), shape.item, item)),
          )
        : [];
    case 'union': {
      const member = shape.members.find((each) => E.isRight(each.decode(value)));
      return member === undefined ? [] : unknownFields(member, value, context);
    }
    case 'closed':
      return unknownFields(shape.inner, value, context);
    case 'value':
    case 'literal':
    case 'string':
    case 'number':
    case 'boolean':
    case 'null':
      return [];
  }
};

/** Accepts what `inner` accepts, unless a field is there that `inner` does not know, at any depth. */
export class ClosedCodec<C extends t.Mixed> extends t.Type<t.TypeOf<C>, t.OutputOf<C>> implements ClosedShape<C> {
  readonly _tag = 'ClosedCodec' as const;

  constructor(readonly inner: C) {
    super(
      inner.name,
      (value): value is t.TypeOf<C> => inner.is(value),
      (value, context) => {
        const checked: t.Validation<t.TypeOf<C>> = inner.validate(value, context);
        const unknown = unknownFields(inner, value, context);
        if (unknown.length === 0) return checked;
        return t.failures(E.isLeft(checked) ? [...checked.left, ...unknown] : unknown);
      },
      (value: t.TypeOf<C>): t.OutputOf<C> => inner.encode(value) as t.OutputOf<C>,
    );
  }
}

/** For request bodies: a misspelt or invented field is told, not dropped. */
export const closed = <C extends t.Mixed>(inner: C): ClosedCodec<C> => new ClosedCodec(inner);
