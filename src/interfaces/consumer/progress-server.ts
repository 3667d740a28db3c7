import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { ConsumerProgress, ConsumerStats } from '../../application/ports/consumer-progress.ts';
import { answerOf, json, methodNotAllowed, problem, send } from './answers.ts';
import type { ParkedRoutes } from './parked-routes.ts';

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
  readonly parked: Pick<ParkedRoutes, 'answer'>;
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
 * What a consumer tells the outside: `GET /progress/:orderId`, `/parked`, `/status`, `/livez`, `/readyz`, `/metrics`; and
 * what it lets an operator do, `POST /parked/reprocess`. For the loopback or a private network; it carries order and event
 * IDs, errors, and no payloads.
 */
export class ProgressServer {
  private readonly server: Server;

  constructor(private readonly options: ProgressServerOptions) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => {
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

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = addressed(request.url);
    if (url === undefined) {
      problem(response, 404, 'route-not-found', 'There is nothing here');
      return;
    }
    if (await this.options.parked.answer(request, url, response)) return;
    if (request.method === 'GET' || request.method === 'HEAD') await this.tell(url.pathname, response);
    else methodNotAllowed(response, 'GET', 'HEAD');
  }

  private async tell(path: string, response: ServerResponse): Promise<void> {
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

/** Undefined for a request target that is no path. */
const addressed = (target = ''): URL | undefined =>
  target.startsWith('/') && URL.canParse(`http://consumer${target}`) ? new URL(`http://consumer${target}`) : undefined;

const portOf = (address: string | AddressInfo | null): number =>
  typeof address === 'object' && address !== null ? address.port : 0;
