import type { HttpFinding } from '../../src/interfaces/cli/contract-check.ts';
import type { JsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { compareSchemas } from './compare-schemas.ts';
import { resolvedIn } from './openapi-document.ts';
import type { OpenApi, OpenApiAnswer, OpenApiContent, OpenApiOperation } from './openapi-document.ts';

type Breaks = HttpFinding['breaks'][number];

/** The same of what was released and of today. */
interface Both<A> {
  readonly was: A;
  readonly is: A;
}

/** A difference within one operation. */
type Change = Omit<HttpFinding, 'operation' | 'breaking'>;

const change = (part: string, what: string, ...breaks: readonly Breaks[]): Change => ({
  part,
  field: '',
  what,
  breaks,
});

/** What clients send: nothing may be refused that was taken. */
const sent = (part: string, was: JsonSchema, is: JsonSchema): readonly Change[] =>
  compareSchemas(was, is).map(({ field, what, breaks }) => ({
    part,
    field,
    what,
    breaks: breaks.includes('topic') ? ['requests'] : [],
  }));

/** What clients are answered: all that they were told stays true. */
const answered = (part: string, was: JsonSchema, is: JsonSchema): readonly Change[] =>
  compareSchemas(was, is).map(({ field, what, breaks }) => ({
    part,
    field,
    what,
    breaks: breaks.includes('consumers') ? ['answers'] : [],
  }));

const contentChanges = (
  part: string,
  { was, is }: Both<OpenApiContent>,
  documents: Both<OpenApi>,
  compare: typeof sent,
  breaks: Breaks,
): readonly Change[] => [
  ...Object.entries(was).flatMap(([type, { schema }]) => {
    const now = is[type];
    return now === undefined
      ? [change(part, `no longer ${type}`, breaks)]
      : compare(part, resolvedIn(documents.was, schema), resolvedIn(documents.is, now.schema));
  }),
  ...Object.keys(is)
    .filter((type) => was[type] === undefined)
    .map((type) => change(part, `can now also be ${type}`)),
];

const parameterChanges = ({ was, is }: Both<OpenApiOperation>): readonly Change[] => {
  const partOf = (parameter: OpenApiOperation['parameters'][number]): string => `${parameter.in} ${parameter.name}`;
  const before = new Map(was.parameters.map((parameter) => [partOf(parameter), parameter]));
  const after = new Map(is.parameters.map((parameter) => [partOf(parameter), parameter]));
  return [
    ...[...before].flatMap(([part, parameter]): readonly Change[] => {
      const now = after.get(part);
      if (now === undefined) return [change(part, 'parameter removed', 'requests')];
      return [
        ...(!parameter.required && now.required ? [change(part, 'could be missing, is now required', 'requests')] : []),
        ...(parameter.required && !now.required ? [change(part, 'was required, may now be missing')] : []),
        ...sent(part, parameter.schema, now.schema),
      ];
    }),
    ...[...after]
      .filter(([part]) => !before.has(part))
      .map(([part, { required }]) =>
        required ? change(part, 'required parameter added', 'requests') : change(part, 'optional parameter added'),
      ),
  ];
};

const BODY = 'request body';

const bodyChanges = ({ was, is }: Both<OpenApiOperation>, documents: Both<OpenApi>): readonly Change[] => {
  const [before, after] = [was.requestBody, is.requestBody];
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return [change(BODY, 'added', ...(after?.required === true ? ['requests' as const] : []))];
  if (after === undefined) return [change(BODY, 'removed', 'requests')];
  return [
    ...(!before.required && after.required ? [change(BODY, 'could be missing, is now required', 'requests')] : []),
    ...(before.required && !after.required ? [change(BODY, 'was required, may now be missing')] : []),
    ...contentChanges(BODY, { was: before.content, is: after.content }, documents, sent, 'requests'),
  ];
};

const SUCCESS = /^2/;

/** A status that no client was told of is what clients were told to expect of all others (`default`), or it breaks them. */
const newAnswer = (
  part: string,
  released: OpenApiAnswer | undefined,
  answer: OpenApiAnswer,
  documents: Both<OpenApi>,
): readonly Change[] => {
  const types = Object.keys(answer.content);
  const isTold = released !== undefined && types.every((type) => released.content[type] !== undefined);
  if (!isTold) return [change(part, `new answer of ${types.join(', ')}`, 'answers')];
  const told = Object.fromEntries(Object.entries(released.content).filter(([type]) => types.includes(type)));
  const both = { was: told, is: answer.content };
  return [change(part, 'new answer'), ...contentChanges(part, both, documents, answered, 'answers')];
};

const answerChanges = ({ was, is }: Both<OpenApiOperation>, documents: Both<OpenApi>): readonly Change[] => [
  ...Object.entries(was.responses).flatMap(([status, answer]) => {
    const part = `answer ${status}`;
    const now = is.responses[status];
    if (now !== undefined)
      return contentChanges(part, { was: answer.content, is: now.content }, documents, answered, 'answers');
    return [change(part, 'answer removed', ...(SUCCESS.test(status) ? ['answers' as const] : []))];
  }),
  ...Object.entries(is.responses)
    .filter(([status]) => was.responses[status] === undefined)
    .flatMap(([status, answer]) => newAnswer(`answer ${status}`, was.responses['default'], answer, documents)),
];

const securityChanges = ({ was, is }: Both<OpenApiOperation>): readonly Change[] => {
  const neededBy = ({ security = [] }: OpenApiOperation): string =>
    security
      .flatMap((each) => Object.entries(each))
      .map(([scheme, roles]) => [scheme, ...roles].join(' '))
      .join(', ');
  const [before, after] = [neededBy(was), neededBy(is)];
  if (before === after) return [];
  if (after === '') return [change('security', `no longer needs ${before}`)];
  return [change('security', `needs ${after}${before === '' ? '' : `, was ${before}`}`, 'requests')];
};

/** What is the same in several shapes of a choice is told once. */
const once = (changes: readonly Change[]): readonly Change[] => [
  ...new Map(changes.map((each) => [JSON.stringify(each), each])).values(),
];

interface Named {
  readonly name: string;
  readonly operation: OpenApiOperation;
}

const operationsOf = ({ paths }: OpenApi): readonly Named[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );

/** Every difference between what HTTP clients were told last and what is served today; words are none. */
export const compareHttp = (was: OpenApi, is: OpenApi): readonly HttpFinding[] => {
  const documents = { was, is };
  const before = new Map(operationsOf(was).map(({ name, operation }) => [name, operation]));
  const after = new Map(operationsOf(is).map(({ name, operation }) => [name, operation]));
  const changesOf = (name: string, operation: OpenApiOperation): readonly Change[] => {
    const now = after.get(name);
    if (now === undefined) return [change('', 'the operation is gone', 'requests')];
    const both = { was: operation, is: now };
    return once([
      ...securityChanges(both),
      ...parameterChanges(both),
      ...bodyChanges(both, documents),
      ...answerChanges(both, documents),
    ]);
  };
  return [
    ...[...before].flatMap(([operation, released]) =>
      changesOf(operation, released).map((each) => ({ operation, ...each, breaking: each.breaks.length > 0 })),
    ),
    ...[...after.keys()]
      .filter((operation) => !before.has(operation))
      .map((operation) => ({ operation, ...change('', 'new operation'), breaking: false })),
  ];
};
