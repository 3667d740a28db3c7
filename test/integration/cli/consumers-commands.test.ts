import { expect } from 'chai';
import { runOrder } from '../../../src/composition/run-order.ts';
import { unnamedOperator } from '../../../src/infrastructure/access-tokens.ts';
import { eventually } from '../../support/eventually.ts';
import { migratedDatabase } from '../../support/mysql-storage.ts';
import type { CommandOutcome } from '../../support/run-command.ts';
import type { TestDatabase } from '../../support/servers.ts';
import { KitUnderTest, noteEffect, onEvery } from '../consumer/kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from '../consumer/order-lifecycle.ts';

const TOKEN = 'reprocess-token-of-the-tests';

describe('order consumers', function () {
  this.timeout(60_000);
  let kit: KitUnderTest;
  let database: TestDatabase;
  let env: Readonly<Record<string, string>>;
  const [first, second] = [newOrderId(), newOrderId()];
  let broken = true;

  const order = async (
    argv: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): Promise<CommandOutcome> => {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = { out: (line: string) => out.push(`${line}\n`), err: (line: string) => err.push(`${line}\n`) };
    const code = await runOrder({ argv, env: { LOG_LEVEL: 'silent', ...env, ...more }, terminal });
    return { code, out: out.join(''), err: err.join('') };
  };
  const consumers = (...args: readonly string[]): Promise<CommandOutcome> => order(['consumers', ...args]);

  before(async () => {
    [kit, database] = await Promise.all([KitUnderTest.open(), migratedDatabase()]);
    const handlers = onEvery(async (event, context) => {
      if (broken && event.sequence === 2) throw new Error('the printer is on fire');
      return noteEffect(event, context);
    });
    const consumer = await kit.start({ handlers }, { reprocessToken: unnamedOperator(TOKEN) });
    env = {
      MYSQL_URL: database.url,
      PROGRESS_URLS: `test=http://127.0.0.1:${consumer.port},gone=http://127.0.0.1:2`,
      REPROCESS_TOKENS: `test=${TOKEN},gone=${TOKEN}`,
    };
    await kit.produce(asMessages(lifeOf(first)));
    await eventually(async () => expect((await consumers('parked', 'test')).out).to.include(first));
    await kit.produce(asMessages(lifeOf(second)));
    await eventually(async () => expect((await consumers('parked', 'test')).out).to.include(second));
  });
  after(async () => {
    await kit.close();
    await database.drop();
  });

  it('tells of each how it is doing, or why that is not known', async () => {
    const { code, out } = await consumers();
    expect(code).to.equal(0);
    expect(out).to.match(/^CONSUMER +LAG +PARKED ORDERS/);
    expect(out).to.match(/^test +\d+ +2 .*reading$/m);
    expect(out).to.match(/^gone +- .*unknown: .*does not answer/m);
    const states: unknown = JSON.parse((await consumers('--json')).out);
    expect(states).to.have.nested.property('[0].status.parkedOrders', 2);
    expect(states).to.have.nested.property('[1].unknown');
    expect(
      (await order(['consumers'], { PROGRESS_URLS: 'gone=http://127.0.0.1:2', REPROCESS_TOKENS: `gone=${TOKEN}` }))
        .code,
    ).to.equal(0);
  });

  it('lists what one has parked, longest first, by cause, page by page', async () => {
    const { code, out, err } = await consumers('parked', 'test', '--limit', '1');
    const [header = '', row = '', ...others] = out.split('\n');
    expect([code, others]).to.deep.equal([0, ['']]);
    expect(header).to.match(/^ORDER +SINCE +CAUSE +EVENT +BEHIND +ERROR$/);
    expect(row).to.match(new RegExp(`^${first} .*handler-failed +OrderPaid #2 +\\d +the handler failed 5 times`));
    const next = /^order: there are more; the next page: --after (\S+)$/m.exec(err)?.[1] ?? '';
    expect((await consumers('parked', 'test', '--after', next)).out)
      .to.include(second)
      .and.not.to.include(first);
    expect((await consumers('parked', 'test', '--cause', 'unknown-type')).out).to.equal('nothing is parked\n');
    const data: unknown = JSON.parse((await consumers('parked', 'test', '--json')).out);
    expect(data).to.have.nested.property('orders[0].orderId', first);
  });

  it('asks for one order or for all, and for a reason; ends with 2 where it cannot run', async () => {
    const reason = ['--reason', 'mended'];
    const cases: readonly (readonly [RegExp, CommandOutcome])[] = [
      [
        /name one order, or say --all.*see order consumers reprocess --help/,
        await consumers('reprocess', 'test', ...reason),
      ],
      [/name one order/, await consumers('reprocess', 'test', first, '--all', ...reason)],
      [/--reason/, await consumers('reprocess', 'test', first)],
      [/PROGRESS_URLS names no consumer nobody/, await consumers('parked', 'nobody')],
      [
        /cannot ask gone, or it refused; nothing was changed: .*does not answer/,
        await consumers('reprocess', 'gone', first, ...reason),
      ],
      [/cannot ask gone/, await consumers('parked', 'gone')],
      [
        /set REPROCESS_TOKENS to test=TOKEN/,
        await order(['consumers', 'reprocess', 'test', first, ...reason], { REPROCESS_TOKENS: `gone=${TOKEN}` }),
      ],
    ];
    for (const [message, { code, out, err }] of cases) {
      expect([code, out], err).to.deep.equal([2, '']);
      expect(err).to.match(message);
    }
  });

  it('--dry-run says what would be done and changes nothing; then it is done, on record by name', async () => {
    broken = false;
    const dry = await consumers(
      'reprocess',
      'test',
      '--all',
      '--cause',
      'handler-failed',
      '--reason',
      'm',
      '--dry-run',
    );
    expect([dry.code, dry.out]).to.deep.equal([
      0,
      `${first} would be released at test\n${second} would be released at test\n`,
    ]);
    const one = await consumers('reprocess', 'test', first, '--reason', 'the printer is new');
    expect([one.code, one.out]).to.deep.equal([0, `${first} is released at test\n`]);
    await eventually(async () => expect(await kit.effects(first)).to.have.lengthOf(4));
    const again = await consumers('reprocess', 'test', first, '--reason', 'once more', '--json');
    expect([again.code, JSON.parse(again.out)]).to.deep.equal([
      1,
      { consumer: 'test', dryRun: false, done: [], notParked: [first], more: false },
    ]);
    const never = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    const other = await consumers('reprocess', 'test', never, '--reason', 'any UUID may be parked');
    expect([other.code, other.err]).to.deep.equal([
      1,
      `order: order ${never} is not parked at test, or no longer\norder: 0 are released\n`,
    ]);
    const all = await consumers('reprocess', 'test', '--all', '--reason', 'the printer is new');
    expect([all.code, all.out]).to.deep.equal([0, `${second} is released at test\n`]);
    await eventually(async () => expect(await kit.effects(second)).to.have.lengthOf(4));

    const { out } = await order(['audit']);
    expect(out).to.match(/^AT +WHO +WHAT +OF WHAT +WHY +OUTCOME$/m);
    expect(out).to.match(
      new RegExp(`cli:\\S+ +reprocess +order ${second} at test +the printer is new +released$`, 'm'),
    );
    expect(out).to.match(new RegExp(`order ${first} at gone +mended +not-done: .*does not answer`));
  });
});
