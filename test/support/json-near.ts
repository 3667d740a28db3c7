import fc from 'fast-check';
import type * as t from 'io-ts';
import { shapeOf } from '../../src/interfaces/contract/codec-shape.ts';
import type { Field, Shape } from '../../src/interfaces/contract/codec-shape.ts';
import { anyText } from './any-text.ts';

/*
 * JSON values that nearly fit a codec: mostly right, wrong now and then in one place or another, often by one at the
 * bounds of its rule.
 */

type Json = fc.Arbitrary<unknown>;

const junk: Json = fc.oneof(
  fc.jsonValue({ maxDepth: 1 }),
  fc.constantFrom(null, '', ' ', 0, -1, 1.5, 1e300, true, [], {}, 'é', '\u0000', '\ud800', '😀', 'EUR', '1'),
);

const mostly = (good: Json, bad: Json): Json =>
  fc.oneof({ weight: 20, arbitrary: good }, { weight: 1, arbitrary: bad });

const repeated = (length: number): Json =>
  fc.constantFrom('x', '😀', '0').map((character) => character.repeat(Math.max(length, 0)));

type ValueRule = Extract<Shape, { kind: 'value' }>['rule'];

/** Times that read well and never were. */
const impossibleTimes = (time: string): readonly string[] =>
  ['02-30T', '04-31T', '13-01T', '00-10T', '01-00T'].map((day) => time.replace(/\d\d-\d\dT/, day));

const nearValue = (rule: ValueRule): Json => {
  switch (rule.kind) {
    case 'text': {
      const { example, minLength: min, maxLength: max, format } = rule;
      const changed = fc
        .tuple(fc.nat({ max: example.length }), fc.constantFrom('', ' ', '0', 'A', '\n', '\u0085', '\udc00', '🍵'))
        .map(([index, piece]) => example.slice(0, index) + piece + example.slice(index + 1));
      const impossible = format === undefined ? [] : [fc.constantFrom(...impossibleTimes(example))];
      const lengths = [min - 1, min, max, max + 1].map(repeated);
      return mostly(fc.constant(example), fc.oneof(changed, anyText(max + 1), ...impossible, ...lengths));
    }
    case 'integer': {
      const { example, minimum, maximum } = rule;
      const bounds = [minimum - 1, minimum, minimum + 0.5, maximum, maximum + 1, -0];
      return mostly(fc.constant(example), fc.oneof(fc.constantFrom(...bounds), fc.double()));
    }
    case 'choice':
      return mostly(fc.constantFrom(...rule.values), fc.constantFrom(rule.example.toLowerCase(), 'XXX', 'constructor'));
  }
};

const nearObject = (fields: readonly Field[]): Json => {
  const record = fc.record(Object.fromEntries(fields.map(({ name, codec }) => [name, jsonNear(codec)])));
  const names = fields.map((field) => field.name);
  const without = fc
    .tuple(record, fc.constantFrom(...names))
    .map(([object, name]) => Object.fromEntries(Object.entries(object).filter(([key]) => key !== name)));
  const withMore = fc
    .tuple(record, fc.constantFrom('more', '__proto__', 'constructor', ''), junk)
    .map(([object, name, value]) => Object.fromEntries([...Object.entries(object), [name, value]]));
  return mostly(record, fc.oneof(without, withMore));
};

const nearList = (item: t.Mixed, minItems: number, maxItems: number): Json => {
  const length = (n: number): Json => jsonNear(item).map((one) => Array.from({ length: Math.max(n, 0) }, () => one));
  const few = fc.array(jsonNear(item), { minLength: Math.min(minItems, 3), maxLength: 3 });
  return fc.oneof(
    { weight: 100, arbitrary: few },
    { weight: 1, arbitrary: fc.oneof(length(maxItems), length(maxItems + 1)) },
    { weight: 5, arbitrary: length(minItems - 1) },
  );
};

const near = (codec: t.Mixed): Json => {
  const shape = shapeOf(codec);
  switch (shape.kind) {
    case 'object':
      return nearObject(shape.fields);
    case 'closed':
      return near(shape.inner);
    case 'list':
      return nearList(shape.item, shape.rule?.minItems ?? 0, shape.rule?.maxItems ?? 3);
    case 'value':
      return nearValue(shape.rule);
    case 'union':
      return fc.oneof(...shape.members.map((member) => jsonNear(member)));
    case 'literal':
      return fc.constant(shape.value);
    case 'string':
      return fc.string();
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
  }
};

export const jsonNear = (codec: t.Mixed): Json => mostly(near(codec), junk);
