import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import * as t from 'io-ts';
import { decoded } from '../../support/decoded.ts';

const Asked = t.type({ orderIds: t.readonlyArray(t.string) });

/** How a consumer answers that was asked to re-process: in order, in words, or by hanging up. */
export type Manner = 'releases all' | 'hangs up' | 'refuses the token' | 'tells of none' | 'breaks';

/** A consumer's server that has parked nothing, and does as a test tells it. */
export class StubConsumer {
  manner: Manner = 'releases all';
  /** The orders that it was asked for, one list for each request. */
  readonly asked: (readonly string[])[] = [];
  /** Called when it was asked, before it answers. */
  whenAsked: () => Promise<void> = () => Promise.resolve();
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request, response);
  });

  get url(): string {
    const address = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  open(): Promise<void> {
    return new Promise((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"orders":[],"next":null}');
      return;
    }
    const { orderIds } = decoded(Asked, JSON.parse(await text(request)));
    this.asked.push(orderIds);
    await this.whenAsked();
    const end = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    switch (this.manner) {
      case 'releases all':
        end(200, { dryRun: false, done: orderIds, notParked: [], more: false });
        return;
      case 'tells of none':
        end(200, { dryRun: false, done: [], notParked: [], more: false });
        return;
      case 'hangs up':
        response.destroy();
        return;
      case 'refuses the token':
        end(401, { type: 'urn:orderly:problem:unauthorized', title: 'The token is missing or wrong' });
        return;
      case 'breaks':
        end(503, { type: 'urn:orderly:problem:storage-unavailable', title: 'no database' });
    }
  }
}
