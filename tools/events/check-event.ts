import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { isOrderEventType } from '../../src/domain/order/events/catalog.ts';
import { columnOf } from '../../src/infrastructure/mysql/order-details.ts';
import { OrderRow } from '../../src/infrastructure/mysql/order-rows.ts';
import type { NewEvent, NewField } from '../../src/interfaces/cli/event-tools.ts';
import { shapeOf } from '../../src/interfaces/contract/codec-shape.ts';
import { OrderAnswer } from '../../src/interfaces/contract/http.ts';
import { valueCodecs } from './value-codecs.ts';

const EVENT = /^Order[A-Z][A-Za-z]{1,58}$/;
const COMMAND = /^[A-Z][A-Za-z]{1,63}$/;
const FIELD = /^[a-z][A-Za-z0-9]{0,63}$/;
const PATH = /^[a-z]+(?:-[a-z]+)*$/;
const SUMMARY = /^[A-Z][^\n]{1,198}\.$/;

/** The example of a field, read as JSON when it is JSON, else as the text it is. */
export const givenExample = (example: string): unknown => {
  try {
    return JSON.parse(example);
  } catch {
    return example;
  }
};

/** What every command says of itself. */
const COMMAND_FIELDS = ['type', 'orderId', 'at'];

const accepts = (known: t.Mixed, { nullable }: NewField, example: unknown): boolean =>
  (nullable === true && example === null) || E.isRight(known.decode(example));

const problemsOfField = (field: NewField): readonly string[] => {
  const { name, codec, example } = field;
  const known = valueCodecs.get(codec);
  return [
    ...(FIELD.test(name) ? [] : [`field "${name}": name it in camelCase, letters and digits only`]),
    ...(known === undefined
      ? [
          `field "${name}": there is no codec ${codec} in src/domain/order/values.ts; take one of ${[...valueCodecs.keys()].join(', ')}, or write it there first`,
        ]
      : []),
    ...(known !== undefined && example !== undefined && !accepts(known, field, givenExample(example))
      ? [`field "${name}": ${codec} does not accept the example ${example}`]
      : []),
  ];
};

const fieldNames = (codec: t.Mixed): readonly string[] => {
  const shape = shapeOf(codec);
  if (shape.kind === 'union') return shape.members.flatMap(fieldNames);
  return shape.kind === 'object' ? shape.fields.map(({ name }) => name) : [];
};

/** Columns of an order, and names in its answer as columns would have them. */
const takenNames: ReadonlySet<string> = new Set([...fieldNames(OrderRow), ...fieldNames(OrderAnswer).map(columnOf)]);

const twice = (names: readonly string[]): readonly string[] =>
  names.filter((name, index) => names.indexOf(name) < index);

/** All that is wrong with a new event, before anything is looked at on disk. */
export const problemsOfEvent = ({ name, summary, fields, keeps, states, command }: NewEvent): readonly string[] => [
  ...(EVENT.test(name)
    ? []
    : [`"${name}" is no event name: it begins with Order and goes on in PascalCase, letters only, such as OrderPaid`]),
  ...(isOrderEventType(name)
    ? [`${name} is in the catalog already: to change its payload, raise its version in its file and add an upcast`]
    : []),
  ...(SUMMARY.test(summary) ? [] : ['say in one sentence what happened, from capital letter to full stop: --summary']),
  ...fields.flatMap(problemsOfField),
  ...twice(fields.map((field) => field.name)).map((field) => `field "${field}" is named twice`),
  ...keeps
    .filter((kept) => !fields.some((field) => field.name === kept))
    .map((kept) => `--keep ${kept}: the event has no such field`),
  ...keeps
    .filter((kept) => takenNames.has(columnOf(kept)))
    .map((kept) => `--keep ${kept}: an order has this already; give the field another name`),
  ...fields
    .filter((field) => field.nullable === true && keeps.includes(field.name))
    .map(
      ({ name: kept }) =>
        `--keep ${kept}: what an order keeps is not null, NULL in its column says that it is not there; take ${kept}? for it`,
    ),
  ...(command === undefined ? [] : fields)
    .filter((field) => COMMAND_FIELDS.includes(field.name))
    .map((field) => `field "${field.name}": a command has this already; give the field another name`),
  ...(states.length === 0 ? ['say in which states of an order it can happen: --in placed,paid'] : []),
  ...(command === undefined || COMMAND.test(command.name)
    ? []
    : [`"${command.name}" is no command name: PascalCase, letters only, such as PayOrder`]),
  ...(command === undefined || PATH.test(command.path)
    ? []
    : [`"${command.path}" is no last part of a path: lower case with single hyphens, such as payment`]),
];
