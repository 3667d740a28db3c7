import type { ContractFinding } from '../../src/interfaces/cli/contract-check.ts';
import type { JsonSchema } from '../../src/interfaces/contract/json-schema.ts';

type Breaks = ContractFinding['breaks'][number];

/** One difference between two schemas that a reader can notice. */
export interface SchemaChange {
  /** `lines[].quantity`; empty for the whole. */
  readonly field: string;
  /** `was required, is optional` */
  readonly what: string;
  /** See `ContractFinding`; empty: nobody is hurt. */
  readonly breaks: readonly Breaks[];
}

type Bound = 'minimum' | 'minLength' | 'minItems' | 'maximum' | 'maxLength' | 'maxItems';
const LOWER: readonly Bound[] = ['minimum', 'minLength', 'minItems'];
const UPPER: readonly Bound[] = ['maximum', 'maxLength', 'maxItems'];
const LISTED = 12;

const listed = (values: readonly string[]): string =>
  values.length <= LISTED
    ? values.join(', ')
    : `${values.slice(0, LISTED).join(', ')} and ${values.length - LISTED} more`;

const change = (field: string, what: string, ...breaks: readonly Breaks[]): SchemaChange => ({ field, what, breaks });

const below = (field: string, name: string): string => (field === '' ? name : `${field}.${name}`);

/** Today's code refuses what was accepted: events on the topic suffer. The other way round, consumers do. */
const boundChanges = (field: string, was: JsonSchema, is: JsonSchema): readonly SchemaChange[] =>
  [...LOWER, ...UPPER].flatMap((bound) => {
    const [before, after] = [was[bound], is[bound]];
    if (before === after) return [];
    const open = LOWER.includes(bound) ? -Infinity : Infinity;
    const rises = (after ?? open) > (before ?? open);
    const narrower = rises === LOWER.includes(bound);
    const what = `${narrower ? 'narrowed' : 'widened'}: ${bound} was ${before ?? 'not set'}, is ${after ?? 'not set'}`;
    return [change(field, what, narrower ? 'topic' : 'consumers')];
  });

const enumChanges = (field: string, was: JsonSchema, is: JsonSchema): readonly SchemaChange[] => {
  if (was.enum === undefined && is.enum === undefined) return [];
  if (was.enum === undefined) return [change(field, `narrowed to the values ${listed(is.enum ?? [])}`, 'topic')];
  if (is.enum === undefined) return [change(field, `widened: no longer one of ${listed(was.enum)}`, 'consumers')];
  const [before, after] = [new Set(was.enum), new Set(is.enum)];
  const removed = was.enum.filter((value) => !after.has(value));
  const added = is.enum.filter((value) => !before.has(value));
  return [
    ...(removed.length === 0 ? [] : [change(field, `values removed: ${listed(removed)}`, 'topic')]),
    ...(added.length === 0 ? [] : [change(field, `values added: ${listed(added)}`, 'consumers')]),
  ];
};

const told = (value: string | number | boolean | undefined): string =>
  value === undefined ? 'not set' : JSON.stringify(value);

/** Which of two patterns accepts more is not decided here: another one may hurt both. */
const ruleChanges = (field: string, was: JsonSchema, is: JsonSchema): readonly SchemaChange[] =>
  (['const', 'pattern', 'format', 'additionalProperties'] as const).flatMap((keyword) => {
    const [before, after] = [was[keyword], is[keyword]];
    if (before === after) return [];
    const what = `${keyword} was ${told(before)}, is ${told(after)}`;
    if (before === undefined) return [change(field, what, 'topic')];
    if (after === undefined) return [change(field, what, 'consumers')];
    return [change(field, what, 'topic', 'consumers')];
  });

/** It refuses a field that it does not know, where others ignore it. */
const isClosed = ({ additionalProperties }: JsonSchema): boolean => additionalProperties === false;

const WRITTEN: readonly Breaks[] = ['topic'];
const READERS: readonly Breaks[] = ['consumers'];
const BOTH = [...WRITTEN, ...READERS];

const fieldChanges = (field: string, was: JsonSchema, is: JsonSchema): readonly SchemaChange[] => {
  const needed = (schema: JsonSchema, name: string): boolean => schema.required?.includes(name) ?? false;
  const [before, after] = [was.properties ?? {}, is.properties ?? {}];
  const known = Object.entries(before).flatMap(([name, schema]): readonly SchemaChange[] => {
    const path = below(field, name);
    const now = after[name];
    if (now === undefined) return [change(path, 'field removed', ...(isClosed(is) ? BOTH : READERS))];
    const [wasNeeded, isNeeded] = [needed(was, name), needed(is, name)];
    return [
      ...(wasNeeded && !isNeeded ? [change(path, 'was always there, may now be missing', 'consumers')] : []),
      ...(!wasNeeded && isNeeded ? [change(path, 'could be missing, is now required', 'topic')] : []),
      ...compareSchemas(schema, now, path),
    ];
  });
  const added = Object.keys(after)
    .filter((name) => before[name] === undefined)
    .map((name) =>
      needed(is, name)
        ? change(below(field, name), 'required field added', ...(isClosed(was) ? BOTH : WRITTEN))
        : change(below(field, name), 'optional field added', ...(isClosed(was) ? READERS : [])),
    );
  return [...known, ...added];
};

const itemChanges = (field: string, was: JsonSchema, is: JsonSchema): readonly SchemaChange[] =>
  was.items === undefined || is.items === undefined ? [] : compareSchemas(was.items, is.items, `${field}[]`);

/** `status "placed"`: the fields of an object that can have one value only. */
const fixedFields = ({ properties = {} }: JsonSchema): string | undefined => {
  const fixed = Object.entries(properties).filter(([, { const: value }]) => value !== undefined);
  return fixed.length === 0 ? undefined : fixed.map(([name, { const: value }]) => `${name} ${told(value)}`).join(', ');
};

/** What tells the members of a choice apart. */
const kindOf = (schema: JsonSchema): string =>
  schema.const === undefined
    ? (schema.title ?? fixedFields(schema) ?? schema.type ?? 'anything')
    : JSON.stringify(schema.const);

const alternativesOf = (schema: JsonSchema): ReadonlyMap<string, JsonSchema> => {
  const members = schema.anyOf ?? [schema];
  const kinds = new Map(members.map((member) => [kindOf(member), member]));
  if (kinds.size < members.length)
    throw new TypeError(`members of a union cannot be told apart (${[...kinds.keys()].join(', ')}): give them names`);
  return kinds;
};

const typeOf = (schema: JsonSchema): string => (schema.const === undefined ? (schema.type ?? 'anything') : 'one value');

const compareOne = (field: string, was: JsonSchema, is: JsonSchema): readonly SchemaChange[] => {
  const [before, after] = [typeOf(was), typeOf(is)];
  if (before === 'integer' && after === 'number')
    return [change(field, 'widened: was integer, is number', 'consumers'), ...boundChanges(field, was, is)];
  if (before !== after) return [change(field, `type was ${before}, is ${after}`, 'topic', 'consumers')];
  return [boundChanges, enumChanges, ruleChanges, fieldChanges, itemChanges].flatMap((compare) =>
    compare(field, was, is),
  );
};

/** Every difference, by field; words (titles, descriptions, examples) are none. */
export const compareSchemas = (was: JsonSchema, is: JsonSchema, field = ''): readonly SchemaChange[] => {
  if (was.anyOf === undefined && is.anyOf === undefined) return compareOne(field, was, is);
  const [before, after] = [alternativesOf(was), alternativesOf(is)];
  return [
    ...[...before].flatMap(([kind, member]) => {
      const now = after.get(kind);
      return now === undefined ? [change(field, `can no longer be ${kind}`, 'topic')] : compareOne(field, member, now);
    }),
    ...[...after.keys()]
      .filter((kind) => !before.has(kind))
      .map((kind) => change(field, `can now also be ${kind}`, 'consumers')),
  ];
};
