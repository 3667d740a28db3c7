import type * as t from 'io-ts';
import { shapeOf } from './codec-shape.ts';

/** A value that `codec` accepts, made of the examples its rules give: a list has one item, a union is its first member. */
export const exampleOf = (codec: t.Mixed): unknown => {
  const shape = shapeOf(codec);
  switch (shape.kind) {
    case 'object':
      return Object.fromEntries(shape.fields.map(({ name, codec: field }) => [name, exampleOf(field)]));
    case 'closed':
      return exampleOf(shape.inner);
    case 'list':
      return [exampleOf(shape.item)];
    case 'value':
      return shape.rule.example;
    case 'union':
      return shape.members.slice(0, 1).map(exampleOf)[0];
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
