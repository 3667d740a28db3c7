import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { expect } from 'chai';
import type { Evidence, LeaseSighting } from '../../../simulator/checker/evidence.ts';
import type { Sighting } from '../../../simulator/faults/fault.ts';
import { clockJumps } from '../../../simulator/faults/rows/clock-jumps.ts';
import { eventLoopStalled } from '../../../simulator/faults/rows/event-loop-stalled.ts';
import { decodeServiceConfig } from '../../../src/infrastructure/config.ts';
import { decodeConsumerSettings } from '../../../src/infrastructure/consumer-config.ts';
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
