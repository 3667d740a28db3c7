import { expect } from 'chai';
import * as t from 'io-ts';
import { Instant, MinorUnits, Money, ShortText } from '../../src/domain/order/values.ts';
import type { HttpFinding } from '../../src/interfaces/cli/contract-check.ts';
import { closed } from '../../src/interfaces/contract/closed.ts';
import { openApiOf } from '../../src/interfaces/http/openapi.ts';
import type { Operation } from '../../src/interfaces/http/operation.ts';
import { compareHttp } from '../../tools/contracts/compare-http.ts';
import { readOpenApi } from '../../tools/contracts/openapi-document.ts';
import type { OpenApi } from '../../tools/contracts/openapi-document.ts';

/* What may change in what HTTP serves, and what may not: docs/evolution.md. */

const NAME = 'POST /orders/{orderId}/payment';
const JSON_TYPE = 'application/json';

const payment = { reference: ShortText, amount: Money };
const placed = { status: t.literal('placed'), at: Instant };
const paid = { status: t.literal('paid'), at: Instant, amount: Money };
const answer = (codec: t.Mixed, status = 200, contentType = JSON_TYPE): Operation['answers'][number] => ({
  status,
  description: 'Done.',
  contentType,
  codec,
});
const order = t.union([t.strict(placed), t.strict(paid)]);
const limit = { name: 'limit', in: 'query', description: 'how many', required: false, codec: Money } as const;

const was: Operation = {
  operationId: 'payOrder',
  method: 'POST',
  path: '/orders/{orderId}/payment',
  tag: 'orders',
  summary: 'Pay',
  parameters: [limit],
  body: { codec: closed(t.strict(payment)), example: {}, required: false },
  answers: [answer(order)],
  handle: () => {
    throw new Error('nobody asks');
  },
};

const documentOf = (...operations: readonly Operation[]): OpenApi =>
  readOpenApi('the document', JSON.stringify(openApiOf(operations)));
const changed = (change: Partial<Operation>): readonly HttpFinding[] =>
  compareHttp(documentOf(was), documentOf({ ...was, ...change }));

const withBody = (codec: t.Mixed, required = false): Partial<Operation> => ({ body: { codec, example: {}, required } });
const withAnswer = (codec: t.Mixed): Partial<Operation> => ({ answers: [answer(codec)] });
const problem = t.intersection([
  t.type({ type: t.string, title: t.string, status: t.number, detail: t.string }),
  t.partial({ errors: t.readonlyArray(t.type({ path: t.string, message: t.string })) }),
]);
const PROBLEM = 'application/problem+json';

type Case = readonly [name: string, change: Partial<Operation>, part: string, field: string, what: RegExp];

const breakRequests: readonly Case[] = [
  [
    'a body refuses a field',
    withBody(closed(t.strict({ amount: Money }))),
    'request body',
    'reference',
    /^field removed/,
  ],
  [
    'a body needs one more field',
    withBody(closed(t.strict({ ...payment, note: ShortText }))),
    'request body',
    'note',
    /^required field added$/,
  ],
  [
    'a body refuses values within a field',
    withBody(
      closed(t.strict({ ...payment, amount: t.strict({ amountMinor: MinorUnits, currency: t.literal('EUR') }) })),
    ),
    'request body',
    'amount.currency',
    /^type was string, is one value$/,
  ],
  ['a body must be there', withBody(closed(t.strict(payment)), true), 'request body', '', /is now required$/],
  ['a parameter must be there', { parameters: [{ ...limit, required: true }] }, 'query limit', '', /is now required$/],
  ['a parameter is gone', { parameters: [] }, 'query limit', '', /^parameter removed$/],
  [
    'another parameter is required',
    { parameters: [limit, { ...limit, name: 'page', required: true }] },
    'query page',
    '',
    /^required parameter added$/,
  ],
  [
    'a parameter takes less',
    { parameters: [{ ...limit, codec: t.null }] },
    'query limit',
    '',
    /^type was object, is null$/,
  ],
  ['a token is needed', { role: 'viewer' }, 'security', '', /^needs operatorToken viewer$/],
];

const breakAnswers: readonly Case[] = [
  [
    'an answer lacks a field',
    withAnswer(t.union([t.strict(placed), t.strict({ status: paid.status, at: Instant })])),
    'answer 200',
    'amount',
    /^field removed$/,
  ],
  [
    'a field of an answer may be missing',
    withAnswer(
      t.union([
        t.exact(t.intersection([t.type({ status: placed.status }), t.partial({ at: Instant })])),
        t.strict(paid),
      ]),
    ),
    'answer 200',
    'at',
    /may now be missing$/,
  ],
  [
    'an answer has one more shape',
    withAnswer(t.union([...order.types, t.strict({ status: t.literal('lost') })])),
    'answer 200',
    '',
    /^can now also be status "lost"$/,
  ],
  [
    'another status comes',
    { answers: [answer(order), answer(order, 202)] },
    'answer 202',
    '',
    /^new answer of application\/json$/,
  ],
  [
    'another type comes instead',
    { answers: [answer(t.string, 200, 'text/plain')] },
    'answer 200',
    '',
    /^no longer application\/json$/,
  ],
];

const harmless: readonly Case[] = [
  [
    'a body takes one more field',
    withBody(closed(t.exact(t.intersection([t.type(payment), t.partial({ note: ShortText })])))),
    'request body',
    'note',
    /^optional field added$/,
  ],
  [
    'a body takes more values',
    withBody(closed(t.strict({ ...payment, reference: t.union([ShortText, t.null]) }))),
    'request body',
    'reference',
    /^can now also be null$/,
  ],
  [
    'an answer tells more',
    withAnswer(t.union([t.strict({ ...placed, note: ShortText }), t.strict(paid)])),
    'answer 200',
    'note',
    /^required field added$/,
  ],
  ['an answer has one shape less', withAnswer(t.strict(paid)), 'answer 200', '', /^can no longer be status "placed"$/],
  [
    'a problem gets a status of its own',
    { answers: [answer(order), answer(problem, 409, PROBLEM)] },
    'answer 409',
    '',
    /^new answer$/,
  ],
  [
    'another parameter may be there',
    { parameters: [limit, { ...limit, name: 'page' }] },
    'query page',
    '',
    /^optional parameter added$/,
  ],
];

describe('a change of what HTTP serves', () => {
  const table = [
    ...breakRequests.map((each) => [each, ['requests']] as const),
    ...breakAnswers.map((each) => [each, ['answers']] as const),
    ...harmless.map((each) => [each, []] as const),
  ];
  for (const [[name, change, part, field, what], breaks] of table)
    it(`given ${name} / then ${breaks.length === 0 ? 'nothing breaks' : `${breaks.join()} break`}, by operation and field`, () => {
      const findings = changed(change).filter(({ what: told }) => what.test(told));
      expect(findings).to.have.length(1);
      expect(findings[0]).to.deep.include({ operation: NAME, part, field, breaks, breaking: breaks.length > 0 });
      expect(changed(change).some(({ breaking }) => breaking)).to.equal(breaks.length > 0);
    });

  it('given an operation is gone / then it breaks; given a new one / then it does not', () => {
    const other: Operation = { ...was, path: '/orders/{orderId}/gift' };
    expect(compareHttp(documentOf(was), documentOf(other))).to.deep.equal([
      { operation: NAME, part: '', field: '', what: 'the operation is gone', breaks: ['requests'], breaking: true },
      {
        operation: 'POST /orders/{orderId}/gift',
        part: '',
        field: '',
        what: 'new operation',
        breaks: [],
        breaking: false,
      },
    ]);
  });

  it('given another role is needed / then it breaks', () => {
    const [finding, ...more] = compareHttp(
      documentOf({ ...was, role: 'viewer' }),
      documentOf({ ...was, role: 'operator' }),
    );
    expect(more).to.deep.equal([]);
    expect(finding).to.deep.include({
      part: 'security',
      what: 'needs operatorToken operator, was operatorToken viewer',
      breaks: ['requests'],
    });
  });

  it('given the same change in every shape of an answer / then it is told once', () => {
    const more = order.types.map((shape) => t.strict({ ...shape.type.props, note: ShortText }));
    expect(changed(withAnswer(t.union([more[0] ?? order, more[1] ?? order])))).to.have.length(1);
  });

  it('given other words only / then there is nothing to tell', () => {
    expect(changed({ summary: 'Pay it', operationId: 'settle', tag: 'operator' })).to.deep.equal([]);
  });
});

describe('an OpenAPI document that says what is not known here', () => {
  it('is not compared, and named', () => {
    const { paths, ...rest } = documentOf(was);
    const more = JSON.stringify({ ...rest, paths, webhooks: {} });
    expect(() => readOpenApi('released/openapi.json', more)).to.throw(/released\/openapi.json is no OpenAPI document/);
  });
});
