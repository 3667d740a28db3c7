import { expect } from 'chai';
import type { ContractFinding } from '../../src/interfaces/cli/contract-check.ts';
import type { EventSchema } from '../../src/interfaces/contract/event-schemas.ts';
import type { JsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { checkContract, checkEvents, contractToday } from '../../tools/contracts/check-contract.ts';
import { readReleased } from '../../tools/contracts/released.ts';
import { ROOT } from '../../tools/environment/checkout.ts';

/* What may change in an event that was released, and what may not: docs/evolution.md. */

const text: JsonSchema = { type: 'string', minLength: 1, maxLength: 10, pattern: '^[a-z]+$' };
const money: JsonSchema = {
  title: 'Money',
  type: 'object',
  properties: {
    amount: { type: 'integer', minimum: 0, maximum: 100 },
    currency: { type: 'string', enum: ['EUR', 'USD'] },
  },
  required: ['amount', 'currency'],
};
const fields: Readonly<Record<string, JsonSchema>> = {
  name: text,
  note: text,
  refund: { anyOf: [money, { type: 'null' }] },
  lines: {
    type: 'array',
    minItems: 1,
    maxItems: 3,
    items: { type: 'object', properties: { price: money }, required: ['price'] },
  },
};
const schemaOf = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[]): JsonSchema => ({
  type: 'object',
  properties,
  required,
});
const REQUIRED = ['name', 'refund', 'lines'];
const was = schemaOf(fields, REQUIRED);

const event = (version: number, payload: JsonSchema, type = 'OrderRated'): EventSchema => ({
  type,
  version,
  summary: 'It was rated.',
  dataSchema: `urn:orderly:order-rated:${version}`,
  payload,
});
const headers = event(1, schemaOf({ ce_id: text }, ['ce_id']), 'headers');
const consumers = [
  { name: 'stars', handles: new Set(['OrderRated']) },
  { name: 'points', handles: new Set(['OrderPaid']) },
];

const check = (released: readonly EventSchema[], today: readonly EventSchema[]): readonly ContractFinding[] =>
  checkEvents({ events: released, headers }, { events: today, headers, consumers });
const changed = (payload: JsonSchema): readonly ContractFinding[] => check([event(1, was)], [event(1, payload)]);

const withField = (name: string, schema: JsonSchema): JsonSchema => schemaOf({ ...fields, [name]: schema }, REQUIRED);
const without = (name: string): JsonSchema =>
  schemaOf(
    Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name)),
    REQUIRED.filter((each) => each !== name),
  );
const withMoney = (properties: Readonly<Record<string, JsonSchema>>, required = ['amount', 'currency']): JsonSchema =>
  withField('lines', {
    ...fields['lines'],
    items: {
      type: 'object',
      properties: { price: { ...money, properties: { ...money.properties, ...properties }, required } },
      required: ['price'],
    },
  });

describe('today’s contract', () => {
  it('breaks nothing of what was released last', async () => {
    const { findings, http } = checkContract(await readReleased(ROOT), await contractToday(ROOT));
    const told = [
      ...findings.map(
        (each) => [each, `${each.event} v${each.version} ${each.field} (${each.consumers.join(', ')})`] as const,
      ),
      ...http.map((each) => [each, `${each.operation} ${each.part} ${each.field}`] as const),
    ].flatMap(([{ breaking, what }, where]) => (breaking ? [`${where}: ${what}`] : []));
    expect(told, 'npm run order -- event check says more; docs/evolution.md what to do').to.deep.equal([]);
  });

  it('was released with every event, the headers and HTTP', async () => {
    const { events, headers: released, http } = await readReleased(ROOT);
    expect(events.map(({ type }) => type)).to.include.members(['OrderPlaced', 'OrderCancelled', 'EventSkipped']);
    expect(released?.payload.required).to.include('ce_sequence');
    expect(Object.keys(http?.paths ?? {})).to.include.members(['/orders', '/orders/{orderId}/payment']);
  });
});

describe('a change within a version', () => {
  type Case = readonly [name: string, is: JsonSchema, field: string, what: RegExp, breaks: ContractFinding['breaks']];
  const breaking: readonly Case[] = [
    ['a field is removed', without('name'), 'name', /^field removed$/, ['consumers']],
    ['an optional field is removed', without('note'), 'note', /^field removed$/, ['consumers']],
    [
      'a required field is added',
      schemaOf({ ...fields, stars: { type: 'integer' } }, [...REQUIRED, 'stars']),
      'stars',
      /^required field added$/,
      ['topic'],
    ],
    ['a field becomes required', schemaOf(fields, [...REQUIRED, 'note']), 'note', /is now required$/, ['topic']],
    ['a field becomes optional', schemaOf(fields, ['refund', 'lines']), 'name', /may now be missing$/, ['consumers']],
    [
      'a text may be longer',
      withField('name', { ...text, maxLength: 11 }),
      'name',
      /^widened: maxLength was 10, is 11$/,
      ['consumers'],
    ],
    [
      'a text must be shorter',
      withField('name', { ...text, maxLength: 9 }),
      'name',
      /^narrowed: maxLength was 10, is 9$/,
      ['topic'],
    ],
    ['a text must be longer', withField('name', { ...text, minLength: 2 }), 'name', /^narrowed: minLength/, ['topic']],
    ['a text may be empty', withField('name', { ...text, minLength: 0 }), 'name', /^widened: minLength/, ['consumers']],
    [
      'a limit is gone',
      withField('name', { type: 'string', minLength: 1, pattern: '^[a-z]+$' }),
      'name',
      /is not set$/,
      ['consumers'],
    ],
    [
      'a pattern is another',
      withField('name', { ...text, pattern: '^[A-Z]+$' }),
      'name',
      /^pattern was/,
      ['topic', 'consumers'],
    ],
    [
      'a type is another',
      withField('name', { type: 'integer' }),
      'name',
      /^type was string, is integer$/,
      ['topic', 'consumers'],
    ],
    [
      'a value is removed',
      withMoney({ currency: { type: 'string', enum: ['USD'] } }),
      'lines[].price.currency',
      /^values removed: EUR$/,
      ['topic'],
    ],
    [
      'a value is added',
      withMoney({ currency: { type: 'string', enum: ['EUR', 'USD', 'KRW'] } }),
      'lines[].price.currency',
      /^values added: KRW$/,
      ['consumers'],
    ],
    [
      'whole numbers become any numbers',
      withMoney({ amount: { type: 'number', minimum: 0, maximum: 100 } }),
      'lines[].price.amount',
      /^widened: was integer/,
      ['consumers'],
    ],
    [
      'a field deep inside becomes optional',
      withMoney({}, ['amount']),
      'lines[].price.currency',
      /may now be missing$/,
      ['consumers'],
    ],
    [
      'a list may be longer',
      withField('lines', { ...fields['lines'], maxItems: 4 }),
      'lines',
      /^widened: maxItems/,
      ['consumers'],
    ],
    ['null is no longer told', withField('refund', money), 'refund', /^can no longer be null$/, ['topic']],
    [
      'null is told',
      withField('name', { anyOf: [text, { type: 'null' }] }),
      'name',
      /^can now also be null$/,
      ['consumers'],
    ],
  ];
  for (const [name, is, field, what, breaks] of breaking)
    it(`given ${name} / then it breaks, by event, version and field, and for whom`, () => {
      const [finding, ...more] = changed(is);
      expect(more).to.deep.equal([]);
      expect(finding).to.deep.include({ event: 'OrderRated', version: 1, field, breaking: true, breaks });
      expect(finding?.consumers).to.deep.equal(['stars']);
      expect(finding?.what).to.match(what);
    });

  it('given an optional field is added / then it is told, and breaks nothing', () => {
    expect(changed(withField('stars', { type: 'integer' }))).to.deep.equal([
      {
        event: 'OrderRated',
        version: 1,
        field: 'stars',
        what: 'optional field added',
        breaking: false,
        breaks: [],
        consumers: ['stars'],
      },
    ]);
  });

  it('given other words only / then there is nothing to tell', () => {
    expect(changed({ ...was, title: 'Rated', description: 'It was.', examples: [1] })).to.deep.equal([]);
    expect(
      changed(withField('name', { ...text, title: 'Name', description: 'a name', examples: ['a'] })),
    ).to.deep.equal([]);
  });
});

describe('a change of versions', () => {
  const breakingOf = (findings: readonly ContractFinding[]): readonly string[] =>
    findings.filter(({ breaking }) => breaking).map(({ what }) => what);

  it('given a new version / then its changes are told, and break nothing', () => {
    const findings = check([event(1, was)], [event(2, without('name'))]);
    expect(findings.map(({ version, field, what }) => ({ version, field, what }))).to.deep.equal([
      {
        version: 2,
        field: '',
        what: 'new version; consumers that do not know it park its orders until they are upgraded',
      },
      { version: 2, field: 'name', what: 'field removed' },
    ]);
    expect(breakingOf(findings)).to.deep.equal([]);
  });

  const table: readonly (readonly [string, readonly EventSchema[], readonly EventSchema[], RegExp])[] = [
    ['an event is gone', [event(1, was)], [], /^the event is gone/],
    ['a released version is taken back', [event(1, was), event(2, was)], [event(1, was)], /^version 2 was released/],
    ['a number is left out', [event(1, was)], [event(3, was)], /^version 2 was never released/],
    ['a first version is not 1', [], [event(2, was)], /begin with 1$/],
    ['an old schema is gone', [event(2, was)], [event(2, was)], /^the released schema of version 1 is gone$/],
  ];
  for (const [name, released, today, what] of table)
    it(`given ${name} / then it breaks`, () => expect(breakingOf(check(released, today)).join()).to.match(what));

  it('given a new event / then it breaks nothing', () => {
    expect(breakingOf(check([], [event(1, was)]))).to.deep.equal([]);
  });

  it('given a header that may now be missing / then it breaks for every consumer', () => {
    const less = { ...headers, payload: schemaOf({ ce_id: text }, []) };
    const [finding] = checkEvents({ events: [], headers }, { events: [], headers: less, consumers });
    expect(finding).to.deep.include({ event: 'headers', field: 'ce_id', breaking: true, breaks: ['consumers'] });
    expect(finding?.consumers).to.deep.equal(['stars', 'points']);
  });
});
