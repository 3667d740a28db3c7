import * as t from 'io-ts';
import * as values from '../../src/domain/order/values.ts';
import { shapeOf } from '../../src/interfaces/contract/codec-shape.ts';

/** The codecs a field can have, by name: the value objects of the domain. */
export const valueCodecs: ReadonlyMap<string, t.Mixed> = new Map(
  Object.entries(values).filter((entry): entry is [string, (typeof entry)[1] & t.Mixed] => entry[1] instanceof t.Type),
);

/** A value that `codec` accepts, made of the examples of its rules. */
export const exampleOf = (codec: t.Mixed): unknown => {
  const shape = shapeOf(codec);
  switch (shape.kind) {
    case 'object':
      return Object.fromEntries(shape.fields.map((field) => [field.name, exampleOf(field.codec)]));
    case 'list':
      return [exampleOf(shape.item)];
    case 'value':
      return shape.rule.example;
    case 'union': {
      const [first = t.null] = shape.members;
      return exampleOf(first);
    }
    case 'closed':
      return exampleOf(shape.inner);
    case 'literal':
      return shape.value;
    case 'string':
      return 'text';
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
  }
};
