import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import * as t from 'io-ts';
import { runOrder } from '../../../src/composition/run-order.ts';
import { OrderEventsAnswer, requestExamples } from '../../../src/interfaces/contract/http.ts';
import { decoded } from '../../support/decoded.ts';
import { post } from '../../support/http-client.ts';
import { quarantineEvents } from '../../support/quarantine.ts';
import { runEntry, runOrderIntoClosedPipe } from '../../support/run-command.ts';
import type { CommandOutcome } from '../../support/run-command.ts';
import { startApi } from '../../support/running-service.ts';
import type { RunningApi } from '../../support/running-service.ts';
import { freshDatabase, freshTopic, kafkaBrokers } from '../../support/servers.ts';

const NOWHERE = '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10';

describe('order', function () {
  this.timeout(60_000);
  let api: RunningApi;
  let orderId: string;
  /** First event of the order; the second is held by it. */
  let quarantined: string;

  const order = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandOutcome> =>
    runEntry('src/order.ts', args, { MYSQL_URL: api.mysqlUrl, ...env });

  /** The same command line without a process of its own, which takes seconds to start. */
  const inThisProcess = async (
    argv: readonly string[],
    env: Readonly<Record<string, string>> = { MYSQL_URL: api.mysqlUrl },
  ): Promise<CommandOutcome> => {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = { out: (line: string) => out.push(`${line}\n`), err: (line: string) => err.push(`${line}\n`) };
    const code = await runOrder({ argv, env: { LOG_LEVEL: 'silent', ...env }, terminal });
    return { code, out: out.join(''), err: err.join('') };
  };

  before(async () => {
    api = await startApi();
    const { body } = await api.send(post('/orders', requestExamples.PlaceOrder));
    ({ orderId } = decoded(t.type({ orderId: t.string }), JSON.parse(body)));
    await api.send(post(`/orders/${orderId}/cancellation`, requestExamples.Cancellation));
    [quarantined = ''] = await quarantineEvents(api.mysqlUrl);
  });
  after(() => api.stop());

  it('outbox list shows an aligned table; --json the same as data', async () => {
    const { code, out, err } = await order(['outbox', 'list', '--status', 'QUARANTINED']);
    expect([code, err]).to.deep.equal([0, '']);
    const [header = '', row = '', ...rest] = out.trimEnd().split('\n');
    expect(rest).to.deep.equal([]);
    for (const column of ['ORDER', 'TYPE', 'STATUS']) expect(header).to.include(column);
    expect(row.indexOf('QUARANTINED')).to.equal(header.indexOf('STATUS'));
    expect(row).to.match(/quarantined after 7 attempts.*MESSAGE_TOO_LARGE/);

    const data: unknown = JSON.parse((await order(['outbox', 'list', '--order', orderId, '--json'])).out);
    const { events, next } = decoded(t.type({ events: t.array(t.type({ sequence: t.number })), next: t.null }), data);
    expect([events.length, next]).to.deep.equal([2, null]);
  });

  it('outbox list tells where the next page begins: people on stderr, programs as next', async () => {
    const page = async (...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await inThisProcess(['outbox', 'list', '--limit', '1', '--json', ...args])).out);
    const Page = t.type({ events: t.array(t.type({ type: t.string })), next: t.union([t.string, t.null]) });
    const first = decoded(Page, await page());
    const { code, out, err } = await inThisProcess(['outbox', 'list', '--limit', '1']);
    expect([code, err]).to.deep.equal([0, `order: there are more; the next page: --before ${first.next ?? ''}\n`]);
    expect(out).not.to.include('--before');
    const second = decoded(Page, await page('--before', first.next ?? ''));
    expect([...first.events, ...second.events].map(({ type }) => type)).to.deep.equal([
      'OrderCancelled',
      'OrderPlaced',
    ]);
    expect(second.next).to.equal(null);
    expect((await inThisProcess(['outbox', 'list', '--before', first.next ?? ''])).err).to.equal('');
  });

  it('outbox show tells attempts and the payload, masked unless plain is asked for; an unknown event ends with 1', async () => {
    const { code, out } = await order(['outbox', 'show', quarantined]);
    expect(code).to.equal(0);
    expect(out).to.include('"customerId":"•••"').and.not.to.include(requestExamples.PlaceOrder.customerId);
    expect(out.match(/MESSAGE_TOO_LARGE/g)?.length).to.be.greaterThan(6);

    const Shown = t.type({ payload: t.string });
    const data = async (...args: readonly string[]): Promise<string> =>
      decoded(Shown, JSON.parse((await order(['outbox', 'show', quarantined, '--json', ...args])).out)).payload;
    const customer = `"customerId":"${requestExamples.PlaceOrder.customerId}"`;
    expect(await data())
      .to.include('"customerId":"•••"')
      .and.not.to.include(customer);
    const plain = await data('--payload', 'plain');
    expect(plain).to.include(customer);
    expect(out).to.match(
      new RegExp(`^size +${Buffer.byteLength(plain)} bytes of payload, [1-9]\\d+ bytes of headers$`, 'm'),
    );

    const unknown = await order(['outbox', 'show', NOWHERE]);
    expect(unknown).to.deep.equal({ code: 1, out: '', err: `order: there is no event ${NOWHERE} in the outbox\n` });
  });

  it('outbox stats counts', async () => {
    const stats: unknown = JSON.parse((await order(['outbox', 'stats', '--json'])).out);
    expect(stats).to.deep.equal({
      pending: 1,
      held: 1,
      retrying: 0,
      quarantined: 1,
      completed: 0,
      oldestPendingMs: null,
    });
    expect((await order(['outbox', 'stats'])).out).to.match(/^quarantined +1$/m);
  });

  it('explain tells the state, each event and its holder, and consumers that do not answer', async () => {
    const { code, out } = await order(['explain', orderId], { PROGRESS_URLS: 'payment=http://127.0.0.1:1' });
    expect(code).to.equal(0);
    expect(out).to.match(/^status +cancelled$/m);
    expect(out).to.match(/1 +OrderPlaced .* quarantined after 7 attempts/);
    expect(out).to.match(new RegExp(`2 +OrderCancelled .* held by ${quarantined}`));
    expect(out).to.match(/^payment +unknown: http:\/\/127\.0\.0\.1:1\/progress\/.* does not answer/m);
    expect(out).to.match(/\+0 ms +\+0 ms +1 +OrderPlaced +raised/);
    expect((await order(['explain', NOWHERE])).err).to.equal(`order: there is no order ${NOWHERE}\n`);
  });

  describe('explain, with a consumer that answers', () => {
    let consumer: Server;
    before((done) => {
      consumer = createServer((request, response) => {
        const appliedAt = '2030-01-01T00:00:00.000000Z';
        const progress = {
          consumer: 'payment',
          orderId: request.url?.split('/').at(-1),
          lastSequence: 1,
          applied: [{ sequence: 1, eventId: quarantined, type: 'OrderPlaced', appliedAt }],
          waiting: [],
          parked: null,
          baseline: null,
          callbacks: [],
        };
        response.setHeader('content-type', 'application/json').end(JSON.stringify(progress));
      }).listen(0, '127.0.0.1', done);
    });
    after((done) => {
      consumer.close(done);
    });

    it("merges the consumer's view into the timeline", async () => {
      const { port } = consumer.address() as AddressInfo;
      const { out } = await order(['explain', orderId], { PROGRESS_URLS: `payment=http://127.0.0.1:${port}` });
      expect(out).to.match(/^payment +applied up to 1$/m);
      expect(out.trimEnd().split('\n').at(-1)).to.match(/^2030-01-01.*OrderPlaced +payment applied/);
    });
  });

  it('outbox blocked tells what is held and by whom', async () => {
    const { code, out } = await inThisProcess(['outbox', 'blocked']);
    expect(code).to.equal(0);
    expect(out).to.match(new RegExp(`${orderId} +${quarantined} +1 +OrderPlaced +quarantined after 7 attempts +1 `));
  });

  it('top is one look where nobody watches: what waits, relays and consumers; --json is the same as data', async () => {
    const { code, out } = await inThisProcess(['top']);
    expect(code).to.equal(0);
    expect(out).to.match(/^pending +1 \(1 held, 0 retrying\)$/m);
    expect(out).to.match(/^no relay is at work/m);
    const data = decoded(
      t.type({ outbox: t.type({ quarantined: t.number }), activity: t.type({ windowSeconds: t.number }) }),
      JSON.parse((await inThisProcess(['top', '--json'])).out),
    );
    expect([data.outbox.quarantined, data.activity.windowSeconds]).to.deep.equal([1, 60]);
  });

  it('outbox redrive-all and skip-all --dry-run say what would be done, and change nothing', async () => {
    const dry = await inThisProcess(['outbox', 'redrive-all', '--error', 'too_large', '--dry-run']);
    expect([dry.code, dry.out]).to.deep.equal([0, `${quarantined} would be redriven\n`]);
    const none = await inThisProcess(['outbox', 'redrive-all', '--type', 'OrderShipped', '--dry-run', '--json']);
    expect(JSON.parse(none.out)).to.deep.equal({ dryRun: true, done: [], refused: [], more: false });
    const skip = await inThisProcess(['outbox', 'skip-all', '--reason', 'tried', '--dry-run']);
    expect(skip.out).to.equal(`${quarantined} would be skipped\n`);
    expect((await inThisProcess(['outbox', 'skip-all', '--dry-run'])).code).to.equal(2);
    expect((await inThisProcess(['audit', '--json'])).out.trim()).to.equal(
      JSON.stringify({ acts: [], next: null }, null, 2),
    );
  });

  it('a reader that closes the pipe is no failure', async () => {
    const { code, err } = await runOrderIntoClosedPipe(['outbox', 'list'], { MYSQL_URL: api.mysqlUrl });
    expect([code, err]).to.deep.equal([0, '']);
  });

  it('outbox redrive --dry-run changes nothing; then it redrives, audited under the name of the person', async () => {
    const statusOf = async (): Promise<unknown> =>
      (await api.rows('SELECT status FROM outbox WHERE event_id = ?', [quarantined]))[0];
    const dry = await order(['outbox', 'redrive', quarantined, '--dry-run']);
    expect(dry).to.include({ code: 0, out: `${quarantined} would be redriven\n` });
    expect(await statusOf()).to.deep.equal({ status: 'QUARANTINED' });

    const done = await order(['outbox', 'redrive', quarantined, '--reason', 'limit raised', '--json']);
    expect(done.code).to.equal(0);
    expect(JSON.parse(done.out)).to.deep.equal({ eventId: quarantined, redriven: true, dryRun: false });
    expect(await statusOf()).to.deep.equal({ status: 'PENDING' });
    const [audit] = await api.rows('SELECT actor, action, event_id, reason FROM operator_audit');
    expect(audit).to.include({ action: 'redrive', event_id: quarantined, reason: 'limit raised' });
    expect(audit)
      .to.have.property('actor')
      .that.matches(/^cli:./);

    const explained = (await inThisProcess(['explain', orderId])).out.trimEnd().split('\n').at(-1);
    expect(explained).to.match(/ 1 +OrderPlaced +redriven +by cli:.*: limit raised$/);

    const again = await order(['outbox', 'redrive', quarantined, NOWHERE]);
    expect(again.code).to.equal(1);
    expect(again.err.trimEnd().split('\n')).to.have.lengthOf(2);
    expect(again.err).to.match(/is PENDING: only a QUARANTINED event can be redriven/);
  });

  it('outbox skip --dry-run changes nothing; then it skips, for good, and show and explain tell who, why and what took its place', async () => {
    const { body } = await api.send(post('/orders', requestExamples.PlaceOrder));
    const { orderId: other } = decoded(t.type({ orderId: t.string }), JSON.parse(body));
    await quarantineEvents(api.mysqlUrl);
    const eventsOf = (): Promise<readonly unknown[]> =>
      api.rows('SELECT event_id, status, type FROM outbox WHERE order_id = ?', [other]);
    const { event_id: event } = decoded(t.type({ event_id: t.string }), (await eventsOf())[0]);

    const dry = await inThisProcess(['outbox', 'skip', event, '--reason', 'told by hand', '--dry-run']);
    expect(dry).to.deep.equal({ code: 0, out: `${event} would be skipped, for good\n`, err: '' });
    expect(await eventsOf()).to.deep.equal([{ event_id: event, status: 'QUARANTINED', type: 'OrderPlaced' }]);

    const done = await inThisProcess(['outbox', 'skip', event, '--reason', 'told by hand', '--json']);
    expect([done.code, done.err]).to.deep.equal([0, '']);
    const outcome = decoded(t.type({ replacementEventId: t.string }), JSON.parse(done.out));
    const { replacementEventId } = outcome;
    expect(outcome).to.deep.include({ eventId: event, skipped: true, dryRun: false });
    expect(await eventsOf()).to.deep.equal([{ event_id: replacementEventId, status: 'PENDING', type: 'EventSkipped' }]);
    const [audit] = await api.rows("SELECT actor, event_id, reason FROM operator_audit WHERE action = 'skip'");
    expect(audit).to.include({ event_id: event, reason: 'told by hand' });

    const shown = await inThisProcess(['outbox', 'show', event]);
    expect(shown.code).to.equal(0);
    expect(shown.out).to.match(/^status +SKIPPED$/m);
    expect(shown.out).to.match(/^skipped by +cli:./m);
    expect(shown.out).to.match(/^reason +told by hand$/m);
    expect(shown.out).to.match(new RegExp(`^replaced by +${replacementEventId}$`, 'm'));
    expect(shown.out).to.include('"customerId"');
    const explained = (await inThisProcess(['explain', other])).out;
    expect(explained).to.match(new RegExp(`1 +OrderPlaced .* skipped by cli:.*, replaced by ${replacementEventId}`));
    expect(explained).to.match(new RegExp(`1 +EventSkipped +${replacementEventId} +waits for the relay`));
    expect(explained).to.match(/OrderPlaced +skipped +by cli:.*: told by hand/);

    for (const args of [
      ['redrive'],
      ['redrive', '--dry-run'],
      ['skip', '--reason', 'x'],
      ['skip', '--reason', 'x', '--dry-run'],
    ]) {
      const again = await inThisProcess(['outbox', ...args, event]);
      expect(again).to.deep.equal({
        code: 1,
        out: '',
        err: `order: event ${event} was skipped, which is final: event ${replacementEventId} has its place\n`,
      });
    }
  });

  it('outbox purge --dry-run counts; then it removes what was published long ago, audited, and explain says so', async () => {
    const { body } = await api.send(post('/orders', requestExamples.PlaceOrder));
    const { orderId: old } = decoded(t.type({ orderId: t.string }), JSON.parse(body));
    await api.send(post(`/orders/${old}/cancellation`, requestExamples.Cancellation));
    const count = async (): Promise<unknown> =>
      (await api.rows('SELECT COUNT(*) AS n FROM outbox WHERE order_id = ?', [old]))[0];
    await api.rows(
      `UPDATE outbox SET status = 'COMPLETED', kafka_offset = 1, created_at = NOW(6) - INTERVAL 9 DAY,
         published_at = NOW(6) - INTERVAL 8 DAY WHERE order_id = ? AND sequence = 1`,
      [old],
    );

    const dry = await inThisProcess(['outbox', 'purge', '--older-than', '7d', '--dry-run']);
    expect(dry).to.include({ code: 0, err: '' });
    expect(dry.out).to.match(/^1 event published before .*Z would be removed\n$/);
    expect(await count()).to.deep.equal({ n: 2 });

    const done = await inThisProcess(['outbox', 'purge', '--older-than', '7d', '--limit', '10', '--json']);
    expect([done.code, done.err]).to.deep.equal([0, '']);
    expect(JSON.parse(done.out)).to.include({ dryRun: false, rows: 1 });
    expect(await count()).to.deep.equal({ n: 1 });
    const [audit] = await api.rows("SELECT actor, event_id, reason FROM operator_audit WHERE action = 'purge'");
    expect(audit).to.include({ event_id: null });
    expect(audit)
      .to.have.property('reason')
      .that.matches(/^published before /);
    expect(await api.rows('SELECT purged_rows FROM outbox_purges')).to.deep.equal([{ purged_rows: 1 }]);

    const explained = await inThisProcess(['explain', old]);
    expect(explained.out).to.match(/^event 1 was published, and purged since/m);
    const events = await api.send({ method: 'GET', path: `/orders/${old}/events` });
    expect(decoded(OrderEventsAnswer, JSON.parse(events.body))).to.include({ purgedThrough: 1 });
    expect((await inThisProcess(['explain', orderId])).out).not.to.include('purged');
  });

  for (const [command, option, list] of [
    [['outbox', 'blocked'], '--after', 'orders'],
    [['audit'], '--before', 'acts'],
  ] as const)
    it(`${command.join(' ')} goes on where the page before ended`, async () => {
      await quarantineEvents(api.mysqlUrl);
      const page = async (...args: readonly string[]): Promise<{ items: readonly unknown[]; next: string | null }> => {
        const answer: unknown = JSON.parse((await inThisProcess([...command, '--json', ...args])).out);
        const { next } = decoded(t.type({ next: t.union([t.string, t.null]) }), answer);
        return { items: decoded(t.array(t.unknown), decoded(t.UnknownRecord, answer)[list]), next };
      };
      const first = await page('--limit', '1');
      const items = [...first.items];
      for (let { next } = first; next !== null;) {
        const following = await page('--limit', '1', option, next);
        expect(following.items).to.have.lengthOf(1);
        items.push(...following.items);
        ({ next } = following);
      }
      expect(items)
        .to.have.lengthOf(3)
        .and.deep.equal((await page()).items);
      const { code, err } = await inThisProcess([...command, '--limit', '1']);
      expect([code, err]).to.deep.equal([0, `order: there are more; the next page: ${option} ${first.next ?? ''}\n`]);
      expect((await inThisProcess([...command])).err).to.equal('');
    });

  it('--help works everywhere, without any setting', async () => {
    const commands = [
      '',
      'outbox',
      'outbox list',
      'outbox show',
      'outbox redrive',
      'outbox skip',
      'outbox purge',
      'outbox stats',
      'explain',
      'migrate',
      'grants',
      'doctor',
    ];
    for (const command of commands) {
      const args = [...command.split(' ').filter((word) => word !== ''), '--help'];
      const { code, out, err } = await inThisProcess(args, {});
      expect([code, err], command).to.deep.equal([0, '']);
      expect(out).to.match(/^Usage: order/);
    }
  });
});

describe('order migrate and order doctor', function () {
  this.timeout(60_000);

  it('given an empty database / then doctor says what to run, migrate does it, twice at once too, and doctor is content', async () => {
    const database = await freshDatabase();
    const topic = await freshTopic();
    const env = {
      MYSQL_URL: database.url,
      KAFKA_BROKERS: kafkaBrokers().join(','),
      ORDER_TOPIC: topic.name,
      OUTBOX_MAX_EVENT_BYTES: '1000000',
    };
    const order = (...args: string[]): Promise<CommandOutcome> => runEntry('src/order.ts', args, env);
    try {
      const ill = await order('doctor');
      expect(ill.code).to.equal(1);
      expect(ill.out).to.match(/^FAIL +MySQL schema\n.*migrations are pending.*\n.*run `order migrate`/m);

      const dry = await order('migrate', '--dry-run');
      expect(dry.out).to.match(/^pending 0001-orders\.sql$/m);
      const both = await Promise.all([order('migrate'), order('migrate')]);
      expect(both.map(({ code }) => code)).to.deep.equal([0, 0]);
      expect(
        both
          .map(({ out }) => out)
          .sort()
          .at(-1),
      ).to.equal('the schema is up to date\n');

      const well = await order('doctor');
      expect([well.code, well.err], well.out).to.deep.equal([0, '']);
      expect(well.out).not.to.match(/FAIL|cannot be asked/);
      expect(well.out).to.match(/^ok +MySQL schema$/m);
      expect(well.out).to.match(/^ +ok +every migration is applied/m);
    } finally {
      await topic.drop();
      await database.drop();
    }
  });

  it('given another number of partitions / then doctor names the setting, and pins nothing', async () => {
    const database = await freshDatabase();
    const topic = await freshTopic({ partitions: 3 });
    const env = { MYSQL_URL: database.url, KAFKA_BROKERS: kafkaBrokers().join(','), ORDER_TOPIC: topic.name };
    try {
      await runEntry('src/order.ts', ['migrate'], env);
      const { code, out } = await runEntry('src/order.ts', ['doctor', '--json'], env);
      expect(code).to.equal(1);
      const checks = decoded(
        t.array(t.type({ check: t.string, state: t.string, findings: t.array(t.type({ says: t.string })) })),
        JSON.parse(out),
      );
      const found = checks.find(({ check }) => check === 'topic');
      expect(found?.state).to.equal('fail');
      expect(found?.findings[0]?.says).to.match(/has 3 partitions.*Set ORDER_PARTITIONS to 3/);
    } finally {
      await topic.drop();
      await database.drop();
    }
  });
});
