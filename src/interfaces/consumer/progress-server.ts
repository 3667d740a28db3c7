import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { ConsumerProgress, ConsumerStats } from '../../application/ports/consumer-progress.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';

/** What `GET /readyz` answers: ready when no problem is named. */
export interface Readiness {
  readonly problems: readonly string[];
}

/** How the member of the group that runs in this process is doing. */
export interface KafkaState {
  readonly joined: boolean;
  readonly pausedPartitions: number;
  /** Records not yet processed in this member's partitions. */
  readonly lag: number;
  /** Why the last client ended by itself, until the next one has joined. */
  readonly failure: string | undefined;
}

export interface ProgressServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly progress: ConsumerProgress;
  readonly readiness: () => Promise<Readiness>;
  readonly group: string;
  readonly kafka: () => KafkaState;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  readonly metricsContentType: string;
}

const PROGRESS = /^\/progress\/([^/]{1,128})$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * What a consumer tells the outside: `GET /progress/:orderId`, `/status`, `/livez`, `/readyz`, `/metrics`. Read-only, for
 * the loopback or a private network; it carries order and event IDs and no payloads.
 */
export class ProgressServer {
  private readonly server: Server;

  constructor(private readonly options: ProgressServerOptions) {
    this.server = createServer((request, response) => {
      this.answer(request.method ?? '', request.url ?? '', response).catch(() => {
        problem(response, 500, 'internal-error', 'The request could not be answered');
      });
    });
    this.server.requestTimeout = 5_000;
    this.server.headersTimeout = 5_000;
  }

  /** Resolves with the port. Rejects when it is taken. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host, () => {
        resolve(portOf(this.server.address()));
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
      this.server.closeAllConnections();
    });
  }

  private async answer(method: string, url: string, response: ServerResponse): Promise<void> {
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      problem(response, 405, 'method-not-allowed', 'Only GET and HEAD are allowed here');
      return;
    }
    const path = url.split('?')[0] ?? '';
    const orderId = PROGRESS.exec(path)?.[1];
    if (orderId !== undefined) await this.progress(orderId, response);
    else if (path === '/status') await this.status(response);
    else if (path === '/livez') json(response, 200, { status: 'live' });
    else if (path === '/readyz') await this.readiness(response);
    else if (path === '/metrics') send(response, 200, this.options.metricsContentType, await this.options.metrics());
    else problem(response, 404, 'route-not-found', 'There is nothing here');
  }

  private async progress(orderId: string, response: ServerResponse): Promise<void> {
    if (!UUID.test(orderId)) {
      problem(response, 400, 'invalid-path', 'The order ID is not a UUID');
      return;
    }
    answerOf(response, await this.options.progress.ofOrder(orderId)());
  }

  private async status(response: ServerResponse): Promise<void> {
    const { group, kafka, progress } = this.options;
    const { joined, lag, pausedPartitions, failure = null } = kafka();
    const about = { group, joined, failure, lag, pausedPartitions };
    answerOf(response, E.map((stats: ConsumerStats) => ({ ...about, ...stats }))(await progress.stats()()));
  }

  private async readiness(response: ServerResponse): Promise<void> {
    const { problems } = await this.options.readiness();
    json(response, problems.length === 0 ? 200 : 503, {
      status: problems.length === 0 ? 'ready' : 'not ready',
      problems,
    });
  }
}

const portOf = (address: string | AddressInfo | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;

const send = (response: ServerResponse, status: number, contentType: string, body: string): void => {
  response.writeHead(status, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
};

const json = (response: ServerResponse, status: number, body: unknown): void => {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(body));
};

const answerOf = (response: ServerResponse, asked: Either<StorageUnavailable, unknown>): void => {
  if (E.isRight(asked)) json(response, 200, asked.right);
  else problem(response, 503, 'storage-unavailable', "The consumer's database does not answer");
};

const problem = (response: ServerResponse, status: number, name: string, title: string): void => {
  send(
    response,
    status,
    'application/problem+json',
    JSON.stringify({ type: `urn:orderly:problem:${name}`, title, status }),
  );
};
