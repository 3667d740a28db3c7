import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type * as t from 'io-ts';
import type { ReprocessOrders, Reprocessed } from '../../application/consumer/reprocess-orders.ts';
import type { AccessToken } from '../../application/operations/access-token.ts';
import type { ParkedOrders, ParkedPage } from '../../application/ports/parked-orders.ts';
import type { UnitOfWorkError } from '../../application/ports/unit-of-work.ts';
import { validationProblems } from '../contract/validation-errors.ts';
import { AccessControl } from '../http/access-control.ts';
import { ParkedListQuery, parkedQueryOf } from '../operator/parked-list-query.ts';
import { answerOf, methodNotAllowed, problem } from './answers.ts';
import { ReprocessBody, selectionOf } from './parked-requests.ts';

export interface ParkedRoutesOptions {
  readonly consumer: string;
  readonly parked: ParkedOrders;
  readonly reprocess: Pick<ReprocessOrders, 'handle' | 'rehearse'>;
  /** Who may re-process; nobody while it is undefined. */
  readonly token: AccessToken | undefined;
}

/** Far more than 200 order IDs take. */
const MOST_BODY_BYTES = 65_536;

/** Of a request that says how long its body is: Node reads no further. */
const isBounded = ({ headers }: IncomingMessage): boolean =>
  /^\d{1,9}$/.test(headers['content-length'] ?? '') && Number(headers['content-length']) <= MOST_BODY_BYTES;

const decoded = <A>(codec: t.Decoder<unknown, A>, value: unknown): Either<readonly object[], A> =>
  pipe(codec.decode(value), E.mapLeft(validationProblems));

const parsed = (body: string): Either<readonly object[], ReprocessBody> =>
  pipe(
    E.tryCatch(
      (): unknown => JSON.parse(body),
      () => [{ path: '', message: 'is not JSON' }],
    ),
    E.flatMap((value) => decoded(ReprocessBody, value)),
  );

/** Browsers name the page that sends a request; programs do not. */
const isFromPage = ({ headers }: IncomingMessage): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;

/**
 * `GET /parked`, for whoever may come to the server; and `POST /parked/reprocess`, for who has the token. No page of a
 * browser can send that: it names its origin, and is refused whatever token it has.
 */
export class ParkedRoutes {
  private readonly access: AccessControl;

  constructor(private readonly options: ParkedRoutesOptions) {
    this.access = new AccessControl(options.token === undefined ? [] : [options.token]);
  }

  /** False when the path is none of these. */
  async answer(request: IncomingMessage, { pathname, searchParams }: URL, response: ServerResponse): Promise<boolean> {
    if (pathname === '/parked') {
      if (request.method === 'GET' || request.method === 'HEAD') await this.list(searchParams, response);
      else methodNotAllowed(response, 'GET', 'HEAD');
      return true;
    }
    if (pathname !== '/parked/reprocess') return false;
    if (request.method === 'POST') await this.reprocess(request, response);
    else methodNotAllowed(response, 'POST');
    return true;
  }

  private async list(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const asked = decoded(ParkedListQuery, Object.fromEntries(query));
    if (E.isLeft(asked)) {
      problem(response, 400, 'invalid-query', 'The query is not valid', { errors: asked.left });
      return;
    }
    const { consumer, parked } = this.options;
    const page = parked.list(parkedQueryOf(asked.right));
    answerOf(response, await TE.map((found: ParkedPage) => ({ consumer, ...found }))(page)());
  }

  private async reprocess(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.isAdmitted(request, response)) return;
    if (!isBounded(request)) {
      response.setHeader('connection', 'close');
      problem(response, 413, 'body-too-large', 'The body is too large, or does not say how large it is');
      return;
    }
    const body = parsed(await text(request));
    if (E.isLeft(body)) {
      problem(response, 400, 'invalid-body', 'The body is not valid', { errors: body.left });
      return;
    }
    const { dryRun = false } = body.right;
    const { reprocess } = this.options;
    const selection = selectionOf(body.right);
    const asked: TaskEither<UnitOfWorkError, Reprocessed> = dryRun
      ? reprocess.rehearse(selection)
      : reprocess.handle(selection);
    answerOf(response, await TE.map((outcome: Reprocessed) => ({ dryRun, ...outcome }))(asked)());
  }

  /** Answers what is against it. Nothing of the body is read before. */
  private isAdmitted(request: IncomingMessage, response: ServerResponse): boolean {
    if (isFromPage(request)) {
      problem(response, 403, 'cross-site-request', 'No page of a browser may do this');
      return false;
    }
    if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
      problem(response, 415, 'unsupported-media-type', 'Send application/json in UTF-8');
      return false;
    }
    const admitted = this.access.admit(request.headers.authorization, 'operator');
    if (E.isRight(admitted)) return true;
    if (admitted.left._tag === 'OperatorTokenNotConfigured')
      problem(response, 503, 'reprocess-token-not-configured', 'Re-processing over HTTP is off here', {
        detail: `Set REPROCESS_TOKEN where ${this.options.consumer} runs.`,
      });
    else {
      response.setHeader('www-authenticate', 'Bearer realm="reprocess"');
      problem(response, 401, 'unauthorized', 'The token is missing or wrong', {
        detail: 'Send Authorization: Bearer ….',
      });
    }
    return false;
  }
}
