import type { JsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { EVENT_SKIPPED, ORDER_EVENTS_TOPIC } from '../../src/interfaces/contract/topic.ts';
import { compareSchemas } from './compare-schemas.ts';
import { consumersOf } from './consumers.ts';
import type { KnownConsumer } from './consumers.ts';
import type { ContractMessage } from './contract-messages.ts';
import { schemaFileOf } from './schema-document.ts';

interface FieldRow {
  readonly field: string;
  readonly words: string;
  readonly isAlwaysThere: boolean;
}

const withoutPipes = (text: string): string => text.replaceAll('|', '\\|');

const plainWords: { readonly [Type in NonNullable<JsonSchema['type']>]: string } = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

const typeWords = ({ const: value, type, title, description }: JsonSchema): string => {
  if (value !== undefined) return JSON.stringify(value);
  if (type === undefined) return 'anything';
  return (type === 'object' ? title : description) ?? plainWords[type];
};

const wordsOf = (schema: JsonSchema): string => (schema.anyOf ?? [schema]).map(typeWords).join(' or ');

/** The field itself, then the fields within it: `lines`, `lines[].sku`. */
const rowsOf = (schema: JsonSchema, field: string, isAlwaysThere: boolean): readonly FieldRow[] => {
  const own = { field, words: wordsOf(schema), isAlwaysThere };
  const within = (schema.anyOf ?? [schema]).flatMap((member) =>
    member.items === undefined ? rowsWithin(member, field) : rowsWithin(member.items, `${field}[]`),
  );
  return [own, ...within];
};

const rowsWithin = (schema: JsonSchema, field: string): readonly FieldRow[] =>
  Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    rowsOf(inner, field === '' ? name : `${field}.${name}`, schema.required?.includes(name) ?? false),
  );

const fieldTable = ({ payload }: ContractMessage): readonly string[] => [
  '| field | what it holds | always there |',
  '|---|---|---|',
  ...rowsWithin(payload, '').map(
    ({ field, words, isAlwaysThere }) => `| \`${field}\` | ${withoutPipes(words)} | ${isAlwaysThere ? 'yes' : 'no'} |`,
  ),
];

const consumersLine = (type: string, consumers: readonly KnownConsumer[]): string => {
  if (type === EVENT_SKIPPED)
    return 'Consumers: the kit takes it for all of them; no handler runs, and the order goes on after it.';
  const handling = consumersOf(type, consumers);
  const others = consumers.map(({ name }) => name).filter((name) => !handling.includes(name));
  const taken = handling.length === 0 ? 'handled by none' : `handled by ${handling.join(', ')}`;
  return `Consumers: ${taken}${others.length === 0 ? '' : `; taken note of by ${others.join(', ')}`}.`;
};

const versionLines = (versions: readonly ContractMessage[]): readonly string[] =>
  versions.flatMap((message, index) => {
    const link = `[version ${message.version}](schemas/${schemaFileOf(message.dataSchema)})`;
    const before = versions[index - 1];
    if (before === undefined) return [`- ${link}: the first.`];
    const changes = compareSchemas(before.payload, message.payload);
    return [
      `- ${link}: ${changes.length === 0 ? 'other words only' : 'differs from the one before it'}.`,
      ...changes.map(({ field, what }) => `  - ${field === '' ? 'the payload' : `\`${field}\``}: ${what}`),
    ];
  });

const section = (versions: readonly ContractMessage[], consumers: readonly KnownConsumer[]): readonly string[] => {
  const newest = versions.at(-1);
  if (newest === undefined) return [];
  return [
    `## ${newest.type}`,
    '',
    newest.summary,
    '',
    `Version written today: ${newest.version} (\`${newest.dataSchema}\`). ${consumersLine(newest.type, consumers)}`,
    '',
    ...fieldTable(newest),
    '',
    'Versions:',
    '',
    ...versionLines(versions),
    '',
    'An example, the value of the record:',
    '',
    '```json',
    JSON.stringify(newest.golden.payload, null, 2),
    '```',
    '',
  ];
};

const headerLines = ({ record }: ContractMessage): readonly string[] => [
  '```text',
  `key: ${record.key}`,
  ...Object.entries(record.headers).map(([name, value]) => `${name}: ${value}`),
  '```',
];

/** The events, for people. */
export const catalogPage = (messages: readonly ContractMessage[], consumers: readonly KnownConsumer[]): string => {
  const types = [...new Set(messages.map(({ type }) => type))];
  const [first] = messages;
  return [
    '# The events',
    '',
    '<!-- Written by `npm run contracts` from the codecs, the goldens and the consumers; do not edit. -->',
    '',
    `What lies on topic \`${ORDER_EVENTS_TOPIC}\`. For programs there are [AsyncAPI](asyncapi.json) (topic, headers, payloads) and a`,
    'JSON Schema for each event and version in [schemas](schemas); [OpenAPI](openapi.json) describes the HTTP interface. How events may',
    'change is said in [evolution](../evolution.md).',
    '',
    '| event | version | what happened | handled by |',
    '|---|---|---|---|',
    ...messages
      .filter(({ isNewest }) => isNewest)
      .map(
        ({ type, version, summary }) =>
          `| [${type}](#${type.toLowerCase()}) | ${version} | ${withoutPipes(summary)} | ${type === EVENT_SKIPPED ? 'the kit' : consumersOf(type, consumers).join(', ') || 'none'} |`,
      ),
    '',
    'A record has its order ID as key, the payload as value, and these headers (here of the first example):',
    '',
    ...(first === undefined ? [] : headerLines(first)),
    '',
    ...types.flatMap((type) =>
      section(
        messages.filter((message) => message.type === type),
        consumers,
      ),
    ),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
};
