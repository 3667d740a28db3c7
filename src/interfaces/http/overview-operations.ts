import * as E from 'fp-ts/lib/Either.js';
import type { Overview, OverviewReport } from '../../application/operations/overview.ts';
import type { AuditQueries } from '../../application/ports/audit-queries.ts';
import type { ConsumerState } from '../../application/ports/consumer-desk.ts';
import type { OutboxQueries } from '../../application/ports/outbox-queries.ts';
import { limitOf } from '../operator/page-limit.ts';
import { admitted } from './admitted.ts';
import type { AdmittedHandler } from './admitted.ts';
import type { Operation } from './operation.ts';
import { AuditAnswer, BlockedAnswer, OverviewAnswer } from './operator-answers.ts';
import { afterParameter, AfterQuery, beforeParameter, BeforeQuery, limitParameter } from './parameters.ts';
import { readQuery } from './read-request.ts';
import { sendJson, sendProblem } from './reply.ts';
import type { RequestAccess } from './request-access.ts';

export interface OverviewOperationsPorts {
  readonly overview: Pick<Overview, 'look'>;
  readonly outbox: Pick<OutboxQueries, 'blocked'>;
  readonly audit: Pick<AuditQueries, 'list'>;
  readonly access: Pick<RequestAccess, 'admit'>;
}

const consumerView = (state: ConsumerState): (typeof OverviewAnswer)['_O']['consumers'][number] =>
  state._tag === 'Known'
    ? { consumer: state.consumer, status: state.status }
    : { consumer: state.consumer, unknown: state.reason };

const overviewView = ({ outbox, activity, relays: { relays, lanes }, consumers }: OverviewReport): unknown =>
  OverviewAnswer.encode({ outbox, activity, relays, lanes, consumers: consumers.map(consumerView) });

const showOverview =
  ({ overview }: OverviewOperationsPorts): AdmittedHandler =>
  async (_request, reply) => {
    const report = await overview.look()();
    return E.isLeft(report) ? sendProblem(reply, report.left) : sendJson(reply, 200, overviewView(report.right));
  };

const listBlocked =
  ({ outbox }: OverviewOperationsPorts): AdmittedHandler =>
  async (request, reply) => {
    const query = readQuery(request, AfterQuery);
    if (E.isLeft(query)) return sendProblem(reply, query.left);
    const { after, limit } = query.right;
    const page = await outbox.blocked({ limit: limitOf(limit), ...(after === undefined ? {} : { after }) })();
    return E.isLeft(page) ? sendProblem(reply, page.left) : sendJson(reply, 200, BlockedAnswer.encode(page.right));
  };

const listAudit =
  ({ audit }: OverviewOperationsPorts): AdmittedHandler =>
  async (request, reply) => {
    const query = readQuery(request, BeforeQuery);
    if (E.isLeft(query)) return sendProblem(reply, query.left);
    const { before, limit } = query.right;
    const page = await audit.list({ limit: limitOf(limit), ...(before === undefined ? {} : { before }) })();
    return E.isLeft(page) ? sendProblem(reply, page.left) : sendJson(reply, 200, AuditAnswer.encode(page.right));
  };

/** How the whole is doing, what is held and by whom, and what operators did. */
export const overviewOperations = (ports: OverviewOperationsPorts): readonly Operation[] => [
  {
    operationId: 'showOverview',
    method: 'GET',
    path: '/overview',
    tag: 'operator',
    summary: 'Rates and publish delay of the last minute, what waits, relays with their lanes and circuits, consumers',
    answers: [
      {
        status: 200,
        description: 'As it is now, or was a second ago. A consumer that does not answer is unknown.',
        contentType: 'application/json',
        codec: OverviewAnswer,
      },
    ],
    ...admitted(ports.access, 'viewer', showOverview(ports)),
  },
  {
    operationId: 'listBlockedOrders',
    method: 'GET',
    path: '/outbox/blocked',
    tag: 'operator',
    summary: 'Orders whose later events wait for one that retries or is quarantined, the eldest orders first',
    parameters: [afterParameter, limitParameter],
    answers: [
      {
        status: 200,
        description: 'Each with the event that the others wait for, and how many wait (counted up to 1,000).',
        contentType: 'application/json',
        codec: BlockedAnswer,
      },
    ],
    ...admitted(ports.access, 'viewer', listBlocked(ports)),
  },
  {
    operationId: 'listAudit',
    method: 'GET',
    path: '/audit',
    tag: 'operator',
    summary: 'What operators and the janitor did, the newest first',
    parameters: [beforeParameter, limitParameter],
    answers: [
      { status: 200, description: 'Who did what, when and why.', contentType: 'application/json', codec: AuditAnswer },
    ],
    ...admitted(ports.access, 'viewer', listAudit(ports)),
  },
];
