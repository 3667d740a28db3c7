import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { expect } from 'chai';
import type { Evidence, LeaseSighting } from '../../../simulator/checker/evidence.ts';
import type { Sighting } from '../../../simulator/faults/fault.ts';
import { clockJumps } from '../../../simulator/faults/rows/clock-jumps.ts';
import { eventLoopStalled } from '../../../simulator/faults/rows/event-loop-stalled.ts';
import { noStorm, retriesAround } from '../../../simulator/faults/rows/retry-storm.ts';
import { withSql } from '../../../simulator/faults/rows/direct-sql.ts';
import { decodeServiceConfig } from '../../../src/infrastructure/config.ts';
import { decodeConsumerSettings } from '../../../src/infrastructure/consumer-config.ts';
import { freshDatabase } from '../../support/servers.ts';
import type { TestDatabase } from '../../support/servers.ts';
import { adding, aRun, DELIVERED, START, withRow } from '../checker/evidence-builder.ts';
import { contextForTests, houseForTests } from './house-for-tests.ts';
import { judgedBy } from './judged-rows.ts';

const HOUR_MS = 3_600_000;

describe('the row of clocks that jump', () => {
  const good = aRun(DELIVERED);
  const [first] = good.outbox.rows;
  if (first === undefined) throw new Error('the run has no event');
  const jumped = adding(
    withRow(good, 'outbox', ({ eventId }) => eventId === first.eventId, {
      occurredAt: first.createdAt + HOUR_MS,
    }),
    'faults',
    { kind: 'clock-jumps', target: 'clocks, ahead', at: START + 1_000, healedAt: START + 2_000 },
  );
  const withLease = (lease: LeaseSighting): Evidence => adding(jumped, 'leases', lease);

  it('needs times that jumped, lanes that were kept, and attempts unspent', () => {
    expect(judgedBy(clockJumps, jumped)).to.deep.equal([true, true, true]);
  });

  it('fails when no event bears a time of the jump', () => {
    const unmoved = { ...jumped, outbox: good.outbox };
    expect(judgedBy(clockJumps, unmoved)).to.deep.equal([true, false, true]);
  });

  it('fails when a lane changed hands after the first jump, and only then', () => {
    const lease = { name: 'lane-0', owner: 'relay-2', epoch: 2 };
    expect(judgedBy(clockJumps, withLease({ ...lease, at: START + 1_500 }))[0]).to.equal(false);
    expect(judgedBy(clockJumps, withLease({ ...lease, at: START + 500 }))[0]).to.equal(true);
    expect(judgedBy(clockJumps, withLease({ ...lease, name: 'member-x', at: START + 1_500 }))[0]).to.equal(true);
  });

  it('gives its roles settings that they take', () => {
    const { env } = clockJumps.row?.house ?? {};
    const service = { MYSQL_URL: 'mysql://a:b@h/d', KAFKA_BROKERS: 'h:1', ...env?.api, ...env?.relay };
    const consumer = { CONSUMER_MYSQL_URL: 'mysql://a:b@h/d', KAFKA_BROKERS: 'h:1', ORDERS_API_URL: 'http://h:1' };
    expect(decodeServiceConfig(service)._tag).to.equal('Right');
    expect(decodeConsumerSettings({ ...consumer, ...env?.payment }, {})._tag).to.equal('Right');
  });
});

describe('a storm of retries', () => {
  const never = new AbortController().signal;

  it('is told by the connections that are tried in equal whiles before and after', async () => {
    const counts = [3, 10, 10, 50];
    const line = {
      get refused(): number {
        return counts.shift() ?? Number.NaN;
      },
    };
    let left = 0;
    const retries = await retriesAround(line, 1, never, () => {
      left = counts.length;
      return Promise.resolve();
    });
    expect(retries).to.deep.equal({ before: 7, after: 40 });
    expect(left).to.equal(2);
  });

  it('fails the row when far more are tried than before, when none is, and when there was no outage', () => {
    const holds = (before: number, after: number, isWaiting = true) =>
      noStorm({ before, after }, 5_000, isWaiting).holds;
    expect(holds(7, 6)).to.equal(true);
    expect(holds(7, 40)).to.equal(false);
    expect(holds(7, 0)).to.equal(false);
    expect(holds(7, 6, false)).to.equal(false);
  });
});

describe('the row of clocks that jump, at work', function () {
  this.timeout(30_000);
  let database: TestDatabase;
  let server: Server;
  let url: string;
  /** How far the clock of each role stands ahead; it moves by an hour when told, unless it is stuck. */
  let ahead: Map<string, number>;
  let stuck: string | undefined;

  before(async () => {
    database = await freshDatabase();
    await withSql({ mysqlUrl: database.url }, async (connection) => {
      await connection.query(
        'CREATE TABLE relay_leases (name VARCHAR(64), owner VARCHAR(64), epoch BIGINT, expires_at DATETIME(6))',
      );
      await connection.query(`INSERT INTO relay_leases VALUES
        ('lane-0', 'relay', 1, NOW(6) + INTERVAL 1 HOUR), ('lane-1', 'relay-2', 1, NOW(6) + INTERVAL 1 HOUR)`);
    });
    server = createServer(({ url: path = '' }, response) => {
      const [, role = ''] = path.split('/');
      response.end(`orderly_wall_clock_seconds ${(Date.now() + (ahead.get(role) ?? 0)) / 1_000}\n`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  });
  beforeEach(() => {
    ahead = new Map();
    stuck = undefined;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await database.drop();
  });

  const seen = async (): Promise<readonly Sighting[]> => {
    const sightings: Sighting[] = [];
    const house = houseForTests({
      mysqlUrl: database.url,
      urlOf: (role) => `${url}/${role}`,
      signal: (role) => {
        if (role !== stuck) ahead.set(role, HOUR_MS);
        return Promise.resolve();
      },
    });
    const context = contextForTests({ house, saw: (sighting) => sightings.push(sighting) });
    await clockJumps.inject(context, { kind: 'clock-jumps', target: 'clocks, ahead', waitMs: 0, lastsMs: 0 });
    return sightings;
  };

  it('given clocks that jump when told, but for one relay / then it is seen', async () => {
    const [jumped, ...more] = await seen();
    expect(more).to.deep.equal([]);
    expect(jumped?.what).to.match(
      /^the clocks of api, relay, payment, shipping stand an hour ahead, .* relay-2 right$/,
    );
    expect(jumped?.holds).to.equal(true);
  });

  it('given a clock that does not jump / then the row fails', async () => {
    stuck = 'relay';
    const [jumped] = await seen();
    expect(jumped?.what).to.match(/^the clocks of api, payment, shipping stand/);
    expect(jumped?.holds).to.equal(false);
  });

  it('given another relay whose clock is wrong as well / then the row fails', async () => {
    ahead.set('relay-2', HOUR_MS);
    const [jumped] = await seen();
    expect(jumped?.holds).to.equal(false);
  });
});

describe('the row of a stalled event loop', () => {
  let server: Server;
  let url: string;
  /** Undefined: no answer. */
  let answers: (readonly [status: number, text: string] | undefined)[];
  let whenAsked: () => void;
  const READY = [200, '{"status":"ready"}'] as const;

  beforeEach(async () => {
    whenAsked = () => undefined;
    server = createServer((_request, response) => {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer !== undefined) response.writeHead(answer[0]).end(answer[1]);
      whenAsked();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}` : '';
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  const seenOfApi = async (abortWhenAsked: boolean): Promise<readonly Sighting[]> => {
    const seen: Sighting[] = [];
    const aborting = new AbortController();
    if (abortWhenAsked) whenAsked = () => aborting.abort();
    const context = contextForTests({
      house: houseForTests({ urlOf: () => url }),
      saw: (sighting) => seen.push(sighting),
      signal: aborting.signal,
    });
    const heal = await eventLoopStalled.inject(context, {
      kind: 'event-loop-stalled',
      target: 'api',
      waitMs: 0,
      lastsMs: 0,
    });
    await heal();
    return seen;
  };

  it('given an API that does not answer, then says that it was stalled / then it is seen', async () => {
    answers = [undefined, undefined, [503, 'it was stalled for 4900 ms'], READY];
    const [seen] = await seenOfApi(false);
    expect(seen).to.deep.equal({
      what: 'the readiness of api failed: 2 probes had no answer, then it said that it was stalled for 4900 ms',
      holds: true,
    });
  });

  it('given an API that stays ready / then the row fails', async () => {
    answers = [READY];
    const [seen] = await seenOfApi(true);
    expect(seen?.holds).to.equal(false);
  });

  it('given an API that answers all the time and says that it was stalled / then the row fails', async () => {
    answers = [[503, 'it was stalled for 4900 ms'], READY];
    const [seen] = await seenOfApi(false);
    expect(seen?.holds).to.equal(false);
  });
});
