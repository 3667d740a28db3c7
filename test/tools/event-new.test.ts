import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import * as t from 'io-ts';
import { runOrder } from '../../src/composition/run-order.ts';
import type { NewEvent } from '../../src/interfaces/cli/event-tools.ts';
import { eventToolsOf } from '../../tools/events/event-tools-of.ts';
import { writeFiles } from '../../tools/events/write-files.ts';
import { decoded } from '../support/decoded.ts';
import { CheckoutCopy } from './checkout-copy.ts';

const run = promisify(execFile);

const Told = t.strict({ dryRun: t.boolean, created: t.array(t.string), changed: t.array(t.string) });

/* An event that nobody will ever add: this checkout must not have it already. */
const NEW_EVENT = [
  ...['event', 'new', 'OrderPutToTheTest', '--summary', 'Somebody tried the order out.'],
  ...['--field', 'verdict:ShortText=as good as new', '--field', 'fee:Money|null', '--field', 'stars?:Quantity=5'],
  ...['--keep', 'verdict,stars'],
  ...['--in', 'placed,paid', '--command', 'PutOrderToTheTest', '--path', 'test'],
];

interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** `order …` on the sources below `root`; `answers` are those of the person at the keyboard. */
const order = async (root: string, argv: readonly string[], answers?: readonly string[]): Promise<Ran> => {
  const out: string[] = [];
  const err: string[] = [];
  const left = [...(answers ?? [])];
  const ask = (question: string): Promise<string> => {
    err.push(question);
    const answer = left.shift();
    return answer === undefined ? Promise.reject(new Error(`no answer to ${question}`)) : Promise.resolve(answer);
  };
  const code = await runOrder(
    { argv, env: {}, terminal: { out: (line) => out.push(line), err: (line) => err.push(line) } },
    { open: () => Promise.resolve(eventToolsOf(root)), ask: answers === undefined ? undefined : ask },
  );
  return { code, out, err };
};

/** Paths by what became of them. */
const changesBetween = (
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { readonly created: readonly string[]; readonly changed: readonly string[] } => ({
  created: [...after.keys()].filter((path) => !before.has(path)),
  changed: [...after].filter(([path, text]) => before.has(path) && before.get(path) !== text).map(([path]) => path),
});

/** All that takes part in an event and a command, by what imports it. */
const AFFECTED = [
  'bench/processes/consumer.ts',
  'simulator/participants/payment/main.ts',
  'simulator/participants/shipping/main.ts',
  'simulator/workload/plan.ts',
  'src/main.ts',
  'test/application/consumer/consumer-definition.test.ts',
  'test/contract/http.test.ts',
  'test/contract/order-event-goldens.test.ts',
  'test/domain/decide-matrix.test.ts',
  'test/domain/event-codec.test.ts',
  'test/domain/evolve.test.ts',
  'test/integration/consumer/callbacks.test.ts',
  'test/integration/consumer/kit-under-test.ts',
  'test/integration/http/openapi.test.ts',
  'test/port-suites/in-memory.test.ts',
  'test/property/order-life.test.ts',
];
const NEW_TEST = 'test/domain/events/order-put-to-the-test.test.ts';

describe('order event new, on a copy of this checkout', function () {
  this.timeout(600_000);
  let checkout: CheckoutCopy;
  let untouched: ReadonlyMap<string, string>;
  before(async () => {
    checkout = await CheckoutCopy.make();
    untouched = await checkout.contents();
  });
  after(() => checkout.remove());

  const event: NewEvent = {
    name: 'OrderPutToTheTest',
    summary: 'Somebody tried the order out.',
    fields: [{ name: 'verdict', codec: 'ShortText' }],
    keeps: ['verdict'],
    states: ['placed'],
    command: { name: 'PutOrderToTheTest', path: 'test' },
  };
  const refusals: readonly (readonly [what: string, change: Partial<NewEvent>, problem: RegExp])[] = [
    ['a name in another case', { name: 'orderLost' }, /"orderLost" is no event name: .*PascalCase/],
    ['a name of something else', { name: 'ParcelLost' }, /it begins with Order/],
    ['a digit in the name', { name: 'OrderLost2' }, /letters only/],
    ['an event that there is', { name: 'OrderPaid' }, /OrderPaid is in the catalog already: .*raise its version/],
    ['no summary', { summary: '' }, /say in one sentence what happened/],
    ['half a sentence', { summary: 'lost' }, /from capital letter to full stop/],
    ['an odd field', { fields: [{ name: 'the verdict', codec: 'ShortText' }] }, /"the verdict": .*camelCase/],
    ['a codec of no value', { fields: [{ name: 'a', codec: 'Text' }] }, /there is no codec Text in .*ShortText/],
    ['a function for a codec', { fields: [{ name: 'a', codec: 'toString' }] }, /there is no codec toString/],
    [
      'an example that its codec refuses',
      { fields: [{ name: 'a', codec: 'Quantity', example: '0' }] },
      /Quantity does not accept the example 0/,
    ],
    [
      'a field twice',
      { fields: [event.fields[0], event.fields[0]].filter((field) => field !== undefined) },
      /"verdict" is named twice/,
    ],
    ['a field to keep that is none', { keeps: ['street'] }, /--keep street: the event has no such field/],
    [
      'a field to keep that an order has',
      { fields: [{ name: 'receivedBy', codec: 'ShortText' }], keeps: ['receivedBy'] },
      /--keep receivedBy: an order has this already/,
    ],
    [
      'a field to keep that is a column of another name',
      { fields: [{ name: 'totalMinor', codec: 'MinorUnits' }], keeps: ['totalMinor'] },
      /--keep totalMinor: an order has this already/,
    ],
    [
      'a field to keep that may be null',
      { fields: [{ name: 'fee', codec: 'Money', nullable: true }], keeps: ['fee'] },
      /--keep fee: what an order keeps is not null, .*take fee\? for it/,
    ],
    [
      'null for a field that is never null',
      { fields: [{ name: 'fee', codec: 'Money', example: 'null' }] },
      /Money does not accept the example null/,
    ],
    [
      'a field that every command has',
      { fields: [{ name: 'at', codec: 'Instant' }], keeps: [] },
      /"at": a command has this already/,
    ],
    ['no state', { states: [] }, /say in which states/],
    ['an odd command', { command: { name: 'change', path: 'test' } }, /"change" is no command name/],
    ['an odd path', { command: { name: 'ChangeIt', path: '../x' } }, /"..\/x" is no last part of a path/],
  ];
  for (const [what, change, problem] of refusals)
    it(`given ${what} / then it is refused and nothing is written`, async () => {
      const answer = await eventToolsOf(checkout.root).create({ ...event, ...change }, { dryRun: false });
      expect(answer).to.have.property('problems').that.has.lengthOf.at.least(1);
      expect('problems' in answer ? answer.problems.join('\n') : '').to.match(problem);
      expect(await checkout.contents()).to.deep.equal(untouched);
    });

  it('given --dry-run / then it tells the files and writes none', async () => {
    const { code, out } = await order(checkout.root, [...NEW_EVENT, '--dry-run', '--json']);
    expect(code).to.equal(0);
    const told = decoded(Told, JSON.parse(out.join('\n')));
    const migration = told.created.at(-2);
    expect(migration).to.match(/^src\/infrastructure\/mysql\/migrations\/\d{4}-order-put-to-the-test\.expand\.sql$/);
    expect(told.dryRun).to.equal(true);
    expect(told.created).to.deep.equal([
      'src/domain/order/events/order-put-to-the-test.ts',
      'test/contract/goldens/order-put-to-the-test.v1.json',
      'test/contract/goldens/order-put-to-the-test.v1.least.json',
      NEW_TEST,
      migration,
      'docs/contract/schemas/order-put-to-the-test.v1.json',
    ]);
    expect(await checkout.contents()).to.deep.equal(untouched);
  });

  it('given a person at the keyboard / then what no flag says is asked for, until it can be read', async () => {
    const answers = ['The parcel was lost.', 'at', 'place:ShortText', '', '', 'shiped', 'shipped', 'LoseParcel', ''];
    const { code, out, err } = await order(checkout.root, ['event', 'new', 'OrderLost', '--dry-run'], answers);
    expect(code).to.equal(0);
    expect(err.filter((line) => line.startsWith('It must be'))).to.have.lengthOf(2);
    expect(err.at(-1)).to.match(/POST \/orders\/{orderId}\/… \(empty: lose-parcel\)/);
    expect(out).to.include('would create src/domain/order/events/order-lost.ts');
    expect(await checkout.contents()).to.deep.equal(untouched);
  });

  it('given nobody at the keyboard / then what is missing is told, all at once', async () => {
    const { code, out, err } = await order(checkout.root, ['event', 'new', 'OrderLost']);
    expect([code, out]).to.deep.equal([2, []]);
    expect(err.join('\n')).to.match(/--summary\n.*--in /);
  });

  it('given something that changes a source while it is at work / then nothing is written', async () => {
    const planned = await Promise.all(
      ['src/main.ts', 'src/order.ts'].map(async (path) => ({ path, before: await checkout.read(path), text: 'new' })),
    );
    const other = { path: 'src/domain/other.ts', before: 'was read before it went away', text: 'new' };
    const failed = await writeFiles(checkout.root, [...planned, other]).catch((error: unknown) => error);
    expect(failed).to.be.an.instanceOf(Error);
    const late = { path: 'src/main.ts', before: 'something else', text: 'new' };
    const stopped = await writeFiles(checkout.root, [...planned.slice(1), late]).catch((error: unknown) => error);
    expect(stopped).to.match(/src\/main.ts was changed by someone else/);
    expect(await checkout.contents()).to.deep.equal(untouched);
  });

  it('given states before which no command is refused yet / then it tells what the tests ask for', async () => {
    const files = await eventToolsOf(checkout.root).create({ ...event, states: ['delivered'] }, { dryRun: true });
    expect('next' in files ? files.next.join('\n') : '').to.match(
      /decide-matrix.test.ts: how PutOrderToTheTest is refused when placed or paid or shipped/,
    );
  });

  it('given one of its files is there / then it is not overwritten and nothing is written', async () => {
    await checkout.write('test/contract/goldens/order-put-to-the-test.v1.json', '{}');
    const before = await checkout.contents();
    const { code, out, err } = await order(checkout.root, NEW_EVENT);
    expect([code, out]).to.deep.equal([2, []]);
    expect(err.join()).to.match(/order-put-to-the-test.v1.json is there already/);
    expect(await checkout.contents()).to.deep.equal(before);
    await rm(join(checkout.root, 'test/contract/goldens/order-put-to-the-test.v1.json'));
  });

  it('given a source that looks otherwise / then it names the place and nothing is written', async () => {
    await checkout.replace('test/domain/evolve.test.ts', 'const applies:', 'const happens:');
    const before = await checkout.contents();
    const { code, err } = await order(checkout.root, NEW_EVENT);
    expect(code).to.equal(2);
    expect(err.join()).to.match(/test\/domain\/evolve.test.ts has no constant applies/);
    expect(await checkout.contents()).to.deep.equal(before);
    await checkout.replace('test/domain/evolve.test.ts', 'const happens:', 'const applies:');
  });

  describe('once it is there', () => {
    let announced: t.TypeOf<typeof Told>;
    let ran: Ran;
    let made: ReadonlyMap<string, string>;
    before(async () => {
      const dry = await order(checkout.root, [...NEW_EVENT, '--dry-run', '--json']);
      announced = decoded(Told, JSON.parse(dry.out.join('\n')));
      ran = await order(checkout.root, NEW_EVENT);
      made = await checkout.contents();
    });
    afterEach(() => checkout.restore(made));

    it('given all is well / then the documents are made anew, and the compiler asks for what only a person knows', async () => {
      const { code, out, err } = ran;
      expect([code, err]).to.deep.equal([0, []]);
      const { created, changed } = changesBetween(untouched, made);
      expect(announced.created).to.have.members(created);
      expect(announced.changed).to.have.members(changed);
      expect(out).to.include.members([
        ...created.map((path) => `created ${path}`),
        ...changed.map((path) => `changed ${path}`),
      ]);
      expect(await checkout.read('docs/contract/catalog.md')).to.include('Somebody tried the order out.');
      expect(checkout.complaints([...AFFECTED, NEW_TEST]).map((each) => each.split(' in type')[0])).to.deep.equal([
        "src/domain/order/decide.ts: Property 'PutOrderToTheTest' is missing",
        "src/domain/order/evolve.ts: Property 'OrderPutToTheTest' is missing",
      ]);
      expect(out.join('\n')).to.match(/evolve.ts: a key OrderPutToTheTest/);
      expect(out.join('\n')).to.match(/decide.ts: a key PutOrderToTheTest/);
      expect(
        out.filter((line) => /^ .*: ignores OrderPutToTheTest/.test(line)).map((line) => line.trim().split(':')[0]),
      ).to.deep.equal([
        'examples/loyalty-points/src/points.ts',
        'simulator/participants/payment/payment.ts',
        'simulator/participants/shipping/shipping.ts',
      ]);
    });

    it('given the same again / then it is refused', async () => {
      expect((await order(checkout.root, NEW_EVENT)).code).to.equal(2);
    });

    it('given a person fills in three files / and the documents are made anew / then it compiles and the tests of the house pass', async () => {
      await checkout.replace(
        'src/domain/order/evolve.ts',
        '\n  OrderCancelled: (',
        `\n  OrderPutToTheTest: (order, { payload }) =>
    order?.status === 'placed' || order?.status === 'paid'
      ? { ...order, verdict: payload.verdict, ...(payload.stars === undefined ? {} : { stars: payload.stars }) }
      : undefined,\n
  OrderCancelled: (`,
      );
      await checkout.replace(
        'src/domain/order/decide.ts',
        '\ntype Decider<',
        `
const putToTheTest = ({ verdict, fee, stars, at }: OrderCommand<'PutOrderToTheTest'>, order: Order): Decision => {
  switch (order.status) {
    case 'placed':
    case 'paid':
      return accept({
        type: 'OrderPutToTheTest',
        occurredAt: at,
        payload: { verdict, fee, ...(stars === undefined ? {} : { stars }) },
      });
    case 'shipped':
      return alreadyShipped(order);
    case 'delivered':
      return alreadyDelivered(order);
    case 'cancelled':
      return alreadyCancelled(order);
  }
};

type Decider<`,
      );
      await checkout.replace(
        'src/domain/order/decide.ts',
        '  CancelOrder: toExisting(cancel),',
        '  CancelOrder: toExisting(cancel),\n  PutOrderToTheTest: toExisting(putToTheTest),',
      );
      await checkout.replace(
        'simulator/participants/shipping/shipping.ts',
        'OrderPutToTheTest: ignore',
        "OrderPutToTheTest: (event, { tx }) => noteEffect(tx, NAME, event, 'verdict', event.payload.verdict)",
      );
      expect(checkout.complaints([...AFFECTED, NEW_TEST])).to.deep.equal([]);
      await run('npm', ['run', '--silent', 'contracts'], { cwd: checkout.root });
      const tests = [
        ...['test/domain/**/*.test.ts', 'test/contract/*.test.ts', 'test/port-suites/in-memory.test.ts'],
        ...['test/property/order-life.test.ts', 'test/simulator/workload/plan.test.ts'],
      ];
      const mocha = ['node_modules/mocha/bin/mocha.js', '--reporter', 'min', ...tests];
      const told = await run(process.execPath, mocha, { cwd: checkout.root }).catch((error: unknown) => error);
      const { stdout, stderr } = decoded(t.type({ stdout: t.string, stderr: t.string }), told);
      expect(stdout, stdout + stderr).to.match(/passing/);
      expect(stdout, stdout).not.to.match(/failing/);
    });
  });
});
