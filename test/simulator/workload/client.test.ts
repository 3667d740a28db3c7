import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { History } from '../../../simulator/history/history.ts';
import { ApiClient, classifyAnswer } from '../../../simulator/workload/client.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const answer =
  (status: number, body: object, headers: Record<string, string> = {}): Handler =>
  (_, response) =>
    response.writeHead(status, headers).end(JSON.stringify(body));
const hangUp: Handler = (request) => request.socket.destroy();
const created = answer(201, { orderId: 'order-1', status: 'placed' });

/** Runs `act` against a server that gives these answers in turn, the last one for ever. */
const against = async (
  handlers: readonly [Handler, ...Handler[]],
  act: (client: ApiClient, history: History) => Promise<void>,
  patienceMs = 5_000,
): Promise<readonly string[]> => {
  const keys: string[] = [];
  const server = createServer((request, response) => {
    const handler = handlers[Math.min(keys.length, handlers.length - 1)] ?? handlers[0];
    keys.push(String(request.headers['idempotency-key']));
    request.resume().on('end', () => handler(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const history = new History(Date.now, () => undefined);
  const client = new ApiClient({
    apiUrl: `http://127.0.0.1:${port}`,
    history,
    requestTimeoutMs: 1_000,
    patienceMs,
    signal: new AbortController().signal,
  });
  try {
    await act(client, history);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  return keys;
};

const place = { kind: 'place', idempotencyKey: 'key-1', orderId: null, marker: 'customer-1', totalMinor: 1 } as const;

describe('the client of the simulator', () => {
  const answers: readonly (readonly [status: number, retryAfter: string | null, outcome: string])[] = [
    [200, null, 'ok'],
    [201, null, 'ok'],
    [400, null, 'fail'],
    [404, null, 'fail'],
    [409, null, 'fail'],
    [409, '1', 'unknown'],
    [412, null, 'fail'],
    [422, null, 'fail'],
    [408, null, 'unknown'],
    [425, null, 'unknown'],
    [429, '1', 'unknown'],
    [500, null, 'unknown'],
    [503, '1', 'unknown'],
    [302, null, 'unknown'],
  ];
  for (const [status, retryAfter, outcome] of answers)
    it(`takes ${status}${retryAfter === null ? '' : ' with Retry-After'} for ${outcome}`, () => {
      expect(classifyAnswer(status, retryAfter)).to.equal(outcome);
    });

  it('given lost answers, sends the same key again until it knows the outcome', async () => {
    const keys = await against([hangUp, answer(503, {}), created], async (client, history) => {
      expect(await client.command(place, '/orders', {})).to.deep.equal({ outcome: 'ok', orderId: 'order-1' });
      expect(history.operations()[0]).to.include({ sent: 3, outcome: 'ok', orderId: 'order-1', status: 201 });
    });
    expect(keys).to.deep.equal(['key-1', 'key-1', 'key-1']);
  });

  it('given a refusal, does not ask again', async () => {
    const keys = await against([answer(422, {})], async (client, history) => {
      expect((await client.command(place, '/orders', {})).outcome).to.equal('fail');
      expect(history.operations()[0]).to.include({ sent: 1, outcome: 'fail', status: 422 });
    });
    expect(keys).to.have.length(1);
  });

  it('given no answer within its patience, leaves the outcome unknown', async () => {
    await against(
      [hangUp],
      async (client, history) => {
        expect((await client.command(place, '/orders', {})).outcome).to.equal('unknown');
        expect(history.operations()[0]).to.include({ outcome: 'unknown', status: null });
      },
      250,
    );
  });

  it('given a 2xx whose body was cut off, does not count it as known', async () => {
    const cutOff: Handler = (request, response) => {
      response.writeHead(201, { 'content-length': '500' }).write('{"orderId"');
      request.socket.end();
    };
    await against([cutOff, created], async (client, history) => {
      expect((await client.command(place, '/orders', {})).outcome).to.equal('ok');
      expect(history.operations()[0]).to.include({ sent: 2 });
    });
  });
});
