import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { columnOf } from '../../src/infrastructure/mysql/order-details.ts';
import type { NewEvent, NewEventFiles, NewField } from '../../src/interfaces/cli/event-tools.ts';
import { exampleOf } from '../../src/interfaces/contract/example-of.ts';
import { givenExample } from './check-event.ts';
import { consumerFiles, ignoresEvents } from './consumer-sources.ts';
import { arbitraryCode, codecCode, memberCode, objectCode, passedOn } from './field-code.ts';
import { refusalOf, STATES } from './refusal-of.ts';
import { SourceEdit } from './source-edit.ts';
import { valueCodecs } from './value-codecs.ts';
import type { PlannedFile } from './write-files.ts';

/** When every sample of a later event happens: `at.later` in test/support/order-samples.ts. */
const LATER = '2026-02-28T23:59:59.999Z';

const kebab = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
const uncapitalized = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);
const code = (value: unknown): string => JSON.stringify(value);

const samplesOf = ({ fields }: NewEvent): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    fields.map(({ name, codec, example }) => {
      const known = valueCodecs.get(codec);
      if (known === undefined) throw new TypeError(`there is no codec ${codec}`);
      return [name, example === undefined ? exampleOf(known) : givenExample(example)];
    }),
  );

/** What every event of it says: no field that may be missing, null where it may be null. */
const leastOf = (event: NewEvent): Readonly<Record<string, unknown>> => {
  const samples = samplesOf(event);
  return Object.fromEntries(
    event.fields
      .filter(({ optional }) => optional !== true)
      .map(({ name, nullable }) => [name, nullable === true ? null : samples[name]]),
  );
};

const codecsOf = ({ fields }: NewEvent): readonly string[] => [...new Set(fields.map(({ codec }) => codec))].sort();

const eventFile = (event: NewEvent): string => {
  const codecs = codecsOf(event);
  return `import * as t from 'io-ts';
import { defineEvent } from '../../define-event.ts';
${codecs.length === 0 ? '' : `import { ${codecs.join(', ')} } from '../values.ts';\n`}
export const ${event.name} = defineEvent({
  type: '${event.name}',
  version: 1,
  summary: ${code(event.summary)},
  payload: t.readonly(${objectCode(event.fields)}),
  upcasts: {},
});
`;
};

const testFile = ({ name, states, keeps }: NewEvent): string => {
  const kept = keeps.join(', ');
  return `import { expect } from 'chai';
import { orderAfter } from '../../support/given-order.ts';
import { events, histories } from '../../support/order-samples.ts';

describe('${name}', () => {
  ${kept === '' ? '' : `const { ${kept} } = events.${name}.payload;\n`}
  for (const status of ${code(states)} as const)
    it(\`given the order is \${status} / when it happens / then the order is still \${status}${kept === '' ? '' : `, with ${kept}`}\`, () => {
      expect(orderAfter([...histories[status], events.${name}])).to.deep.include({ status${kept === '' ? '' : `, ${kept}`} });
    });
});
`;
};

const DOCUMENTS = 'docs/contract';
const MIGRATIONS = 'src/infrastructure/mysql/migrations';

/** The migration that gives each field the order keeps its column; none when it keeps nothing. */
const migrations = async (
  root: string,
  { name, fields, keeps }: NewEvent,
): Promise<readonly (readonly [string, string])[]> => {
  if (keeps.length === 0) return [];
  const newest = (await readdir(join(root, MIGRATIONS))).sort().at(-1) ?? '0000';
  const number = String(Number(newest.slice(0, 4)) + 1).padStart(4, '0');
  const columns = fields
    .filter((field) => keeps.includes(field.name))
    .map((field) => `  ADD COLUMN \`${columnOf(field.name)}\` JSON NULL COMMENT '${field.codec}'`);
  const sql = `-- What an order keeps of ${name}. NULL: it has not happened.
ALTER TABLE orders
${columns.join(',\n')};
`;
  return [[`${MIGRATIONS}/${number}-${kebab(name)}.expand.sql`, sql]];
};

type Edit = (edit: SourceEdit) => SourceEdit;

const keptEdits = (kept: readonly NewField[]): Readonly<Record<string, Edit>> =>
  kept.length === 0
    ? {}
    : {
        'src/domain/order/details.ts': (edit) => {
          for (const field of kept)
            edit
              .addImport('./values.ts', field.codec)
              .addProperty(['orderDetails'], `${field.name}: ${codecCode(field)}`);
          return edit;
        },
      };

/** What an event changes in files that are there, by path. */
const eventEdits = (event: NewEvent): Readonly<Record<string, Edit>> => {
  const { name, states, command } = event;
  const sample = uncapitalized(name);
  const samples = samplesOf(event);
  return {
    'src/domain/order/events/catalog.ts': (edit) =>
      edit.addImport(`./${kebab(name)}.ts`, name).addProperty(['catalog'], name),
    'test/support/order-samples.ts': (edit) => {
      for (const codec of codecsOf(event)) edit.addImport('../../src/domain/order/values.ts', codec);
      const values = event.fields.map(({ name: field, codec }) =>
        samples[field] === null ? `${field}: null` : `${field}: decoded(${codec}, ${code(samples[field])})`,
      );
      edit
        .addBefore('reason', `const ${sample} = { ${values.join(', ')} };`)
        .addProperty(['events'], `${name}: { type: '${name}', occurredAt: at.later, payload: ${sample} }`);
      return command === undefined
        ? edit
        : edit.addProperty(
            ['commands'],
            `${command.name}: { type: '${command.name}', orderId, at: at.later, ...${sample} }`,
          );
    },
    ...keptEdits(event.fields.filter((field) => event.keeps.includes(field.name))),
    'test/domain/evolve.test.ts': (edit) => edit.addProperty(['applies'], `${name}: ${code(states)}`),
  };
};

/** What its command changes: one that carries the fields of the event and has a route of its own. */
const commandEdits = (event: NewEvent): Readonly<Record<string, Edit>> => {
  const { name, states, command, fields } = event;
  if (command === undefined) return {};
  const { parameter, spread } = passedOn(fields);
  const body = `${command.name}Body`;
  const route = `/orders/{orderId}/${command.path}`;
  return {
    'src/domain/order/commands.ts': (edit) => {
      for (const codec of codecsOf(event)) edit.addImport('./values.ts', codec, 'type');
      return edit.addMember('CommandData', `readonly ${command.name}: { ${fields.map(memberCode).join('; ')} };`);
    },
    'src/interfaces/contract/http.ts': (edit) => {
      for (const codec of codecsOf(event)) edit.addImport('../../domain/order/values.ts', codec);
      return edit
        .addBefore(
          'requestExamples',
          `/** \`POST /orders/:id/${command.path}\` */
export const ${body} = closed(t.readonly(${objectCode(fields)}, '${command.name}'));
export type ${body} = t.TypeOf<typeof ${body}>;`,
        )
        .addProperty(['requestExamples'], `${command.name}: ${code(samplesOf(event))}`);
    },
    'src/interfaces/http/order-operations.ts': (edit) =>
      edit.addImport('../contract/http.ts', body).addElement(
        'commandOperations',
        `commandOperation(
          {
            operationId: '${uncapitalized(command.name)}',
            path: '${route}',
            summary: ${code(event.summary.replace(/\.$/, ''))},
            codec: ${body},
            example: requestExamples.${command.name},
            status: 200,
            command: (about, ${parameter}) => ({ type: '${command.name}', ...about, ${spread} }),
          },
          ports,
        )`,
      ),
    'simulator/workload/requests.ts': (edit) =>
      edit.addProperty(['requests'], `${command.name}: { path: '${route}', by: 'clients', raises: '${name}' }`),
    'test/support/order-arbitraries.ts': (edit) =>
      edit.addProperty(
        ['commandsFor'],
        `${command.name}: { weight: 1, arbitrary: ${arbitraryCode(command.name, fields)} }`,
      ),
    'test/contract/http.test.ts': (edit) =>
      edit.addImport('../../src/interfaces/contract/http.ts', body).addProperty(['bodies'], `${command.name}: ${body}`),
    'test/domain/decide-matrix.test.ts': (edit) => {
      edit.addProperty(['matrix', 'unplaced'], `${command.name}: notFound`);
      for (const state of STATES) {
        const outcome = states.includes(state) ? `raises(events.${name})` : refusalOf(state, states);
        if (outcome !== undefined) edit.addProperty(['matrix', state], `${command.name}: ${outcome}`);
      }
      return edit;
    },
    'test/integration/http/openapi.test.ts': (edit) =>
      edit.addElement('ORDER_COMMANDS', `['${uncapitalized(command.name)}', '${route}']`),
  };
};

/** The documents that `npm run contracts` will write anew, and the one that it will write first. */
export const documentsOf = ({ name, keeps, command }: NewEvent): Omit<NewEventFiles, 'next'> => ({
  created: [`${DOCUMENTS}/schemas/${kebab(name)}.v1.json`],
  changed: [
    `${DOCUMENTS}/asyncapi.json`,
    `${DOCUMENTS}/catalog.md`,
    ...(command === undefined && keeps.length === 0 ? [] : [`${DOCUMENTS}/openapi.json`]),
  ],
});

/** Every source that a new event creates or changes, unformatted. Throws `AnchorMissing` where a source has changed. */
export const planEvent = async (root: string, event: NewEvent): Promise<readonly PlannedFile[]> => {
  const goldenOf = (payload: Readonly<Record<string, unknown>>): string =>
    code({ type: event.name, version: 1, occurredAt: LATER, payload });
  const golden = `test/contract/goldens/${kebab(event.name)}.v1`;
  const hasLess = event.fields.some(({ optional, nullable }) => optional === true || nullable === true);
  const created: readonly (readonly [path: string, text: string])[] = [
    [`src/domain/order/events/${kebab(event.name)}.ts`, eventFile(event)],
    [`${golden}.json`, goldenOf(samplesOf(event))],
    ...(hasLess ? [[`${golden}.least.json`, goldenOf(leastOf(event))] as const] : []),
    [`test/domain/events/${kebab(event.name)}.test.ts`, testFile(event)],
    ...(await migrations(root, event)),
  ];
  const edits = { ...eventEdits(event), ...commandEdits(event) };
  const changed = await Promise.all(
    Object.entries(edits).map(async ([path, change]) => {
      const before = await readFile(join(root, path), 'utf8');
      return { path, before, text: change(new SourceEdit(path, before)).result };
    }),
  );
  const consumers = (await consumerFiles(root)).flatMap(({ path, text: before }) => {
    const edit = new SourceEdit(path, before);
    return edit.addPropertyWhere(ignoresEvents, `${event.name}: ignore`) === 0
      ? []
      : [{ path, before, text: edit.result }];
  });
  return [...created.map(([path, text]) => ({ path, text, before: undefined })), ...changed, ...consumers];
};
