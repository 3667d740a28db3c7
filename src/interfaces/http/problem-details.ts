import type { HandleOrderCommandError } from '../../application/orders/handle-order-command.ts';
import type { RedriveError } from '../../application/operations/redrive-event.ts';
import type { ReprocessError } from '../../application/operations/reprocess-parked.ts';
import type { SkipError } from '../../application/operations/skip-event.ts';
import type { Money } from '../../domain/order/values.ts';
import type { ValidationProblem } from '../contract/validation-errors.ts';
import type { HttpError } from './http-error.ts';

/** RFC 9457, sent as `application/problem+json`. Clients tell problems apart by `type`, which never changes. */
export interface ProblemDetails {
  /** `urn:orderly:problem:…` */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Every invalid field, when fields are what is wrong. */
  readonly errors?: readonly ValidationProblem[];
}

export interface Problem {
  readonly details: ProblemDetails;
  readonly headers: Readonly<Record<string, string>>;
}

/** The consumer says that the order is not parked there, or no longer. */
interface OrderNotParked {
  readonly _tag: 'OrderNotParked';
  readonly consumer: string;
  readonly orderId: string;
}

export type ApiError = HandleOrderCommandError | RedriveError | SkipError | ReprocessError | OrderNotParked | HttpError;

/** Seconds after which a request that met an outage is worth sending again. */
const RETRY_AFTER_SECONDS = 1;

const problem = (
  status: number,
  name: string,
  title: string,
  detail: string,
  more: { readonly errors?: readonly ValidationProblem[]; readonly headers?: Readonly<Record<string, string>> } = {},
): Problem => ({
  details: {
    type: `urn:orderly:problem:${name}`,
    title,
    status,
    detail,
    ...(more.errors === undefined ? {} : { errors: more.errors }),
  },
  headers: more.headers ?? {},
});

const retryAfter = (seconds: number): { readonly headers: Readonly<Record<string, string>> } => ({
  headers: { 'retry-after': String(seconds) },
});

const money = ({ amountMinor, currency }: Money): string => `${amountMinor} ${currency} (minor units)`;

/** The only place that knows HTTP status codes of errors. A new error does not compile until it is answered here. */
export const problemOf = (error: ApiError): Problem => {
  switch (error._tag) {
    case 'RefusedJson':
      return problem(400, 'malformed-json', 'The body is not acceptable JSON', `The body ${where(error.problem)}.`, {
        errors: [error.problem],
      });
    case 'InvalidBody':
      return problem(400, 'invalid-body', 'The body is not valid', 'Mend the fields listed in errors.', {
        errors: error.problems,
      });
    case 'InvalidQuery':
      return problem(400, 'invalid-query', 'The query is not valid', 'Mend the parameters listed in errors.', {
        errors: error.problems,
      });
    case 'InvalidHeader':
      return problem(400, 'invalid-header', 'A header is not valid', `${error.header} must be ${error.expected}.`, {
        errors: [{ path: error.header, message: `must be ${error.expected}` }],
      });
    case 'IdempotencyKeyRequired':
      return problem(
        400,
        'idempotency-key-required',
        'Idempotency-Key is missing',
        'Send a key of your own (1 to 255 visible ASCII characters) with each new request, and the same key with a repetition.',
        { errors: [{ path: 'Idempotency-Key', message: 'is missing' }] },
      );
    case 'BodyTooLarge':
      return problem(413, 'body-too-large', 'The body is too large', `At most ${error.maxBytes} bytes are taken.`);
    case 'UnsupportedMediaType':
      return problem(
        415,
        'unsupported-media-type',
        'The content type is not supported',
        'Send application/json in UTF-8.',
        { headers: { accept: 'application/json' } },
      );
    case 'UnsupportedContentEncoding':
      return problem(
        415,
        'unsupported-content-encoding',
        'Compressed bodies are not supported',
        'Send the body as it is, without Content-Encoding.',
        { headers: { 'accept-encoding': 'identity' } },
      );
    case 'MalformedRequest':
      return problem(400, 'malformed-request', 'The request cannot be read', error.reason);
    case 'HeadersTooLarge':
      return problem(431, 'headers-too-large', 'The headers are too large', 'Send shorter headers.');
    case 'RequestTimeout':
      return problem(408, 'request-timeout', 'The request took too long', 'It did not arrive whole in time.', {
        headers: { connection: 'close' },
      });
    case 'RateLimited':
      return problem(
        429,
        'rate-limited',
        'Too many requests',
        'Send fewer requests a second.',
        retryAfter(error.retryAfterSeconds),
      );
    case 'RouteNotFound':
      return problem(404, 'route-not-found', 'There is nothing here', 'See /docs for what there is.');
    case 'UnknownId':
      return problem(404, `${error.of}-not-found`, `There is no such ${error.of}`, `The path names no ${error.of}.`);
    case 'MethodNotAllowed': {
      const allowed = error.allowed.join(', ');
      return problem(405, 'method-not-allowed', 'The method is not allowed here', `Allowed: ${allowed}.`, {
        headers: { allow: allowed },
      });
    }
    case 'Unauthorized':
      return problem(401, 'unauthorized', 'The operator token is missing or wrong', 'Send Authorization: Bearer ….', {
        headers: { 'www-authenticate': 'Bearer realm="operator"' },
      });
    case 'Forbidden':
      return problem(403, 'forbidden', 'The token is not for this', `This needs a token of role ${error.needed}.`, {
        headers: { 'www-authenticate': `Bearer realm="operator", error="insufficient_scope", scope="${error.needed}"` },
      });
    case 'CrossSiteRequest':
      return problem(
        403,
        'cross-site-request',
        'The console did not send this',
        'With a session, send Origin as the browser does and the x-csrf-token that /console/session tells.',
      );
    case 'OperatorTokenNotConfigured':
      return problem(
        503,
        'operator-token-not-configured',
        'Operator token not configured',
        'Set ACCESS_TOKENS or OPERATOR_TOKEN where the service runs.',
      );
    case 'NotReady':
      return problem(
        503,
        'not-ready',
        'The service is not ready',
        'See /readyz for what it waits for.',
        retryAfter(RETRY_AFTER_SECONDS),
      );
    case 'ShuttingDown':
      return problem(503, 'shutting-down', 'The service is stopping', 'Send the request to another instance.', {
        headers: { 'retry-after': String(RETRY_AFTER_SECONDS), connection: 'close' },
      });
    case 'InternalError':
      return problem(500, 'internal-error', 'Something is broken here', 'The fault is in the service; it is logged.');

    case 'StorageUnavailable':
      return problem(
        503,
        'database-unavailable',
        'The database cannot be reached',
        'Nothing was changed. Send the same request again, with the same Idempotency-Key.',
        retryAfter(RETRY_AFTER_SECONDS),
      );
    case 'ContentionExhausted':
      return problem(
        503,
        'contention',
        'Other requests were in the way',
        'Nothing was changed. Send the same request again, with the same Idempotency-Key.',
        retryAfter(RETRY_AFTER_SECONDS),
      );
    case 'CommitOutcomeUnknown':
      return problem(
        503,
        'commit-outcome-unknown',
        'It is not known whether this was done',
        'The answer of the database never came. Send the same request again, with the same Idempotency-Key: it is done at most once.',
        retryAfter(RETRY_AFTER_SECONDS),
      );
    case 'IdempotencyKeyReused':
      return problem(
        422,
        'idempotency-key-reused',
        'The Idempotency-Key was used with another body',
        'Use a new key for a new request.',
      );
    case 'IdempotencyKeyBusy':
      return problem(
        409,
        'idempotency-key-busy',
        'The same request is being handled',
        'Another request with this Idempotency-Key is at work. Ask again for its answer.',
        retryAfter(error.retryAfterSeconds),
      );
    case 'StaleVersion':
      return problem(
        412,
        'stale-version',
        'The order has changed',
        `Order ${error.orderId} is no longer at version ${error.expected}.`,
      );
    case 'EventTooLarge':
      return problem(
        413,
        'event-too-large',
        'The order is too large to be published',
        `Its event takes ${error.bytes} bytes, at most ${error.maxBytes} can be sent.`,
      );

    case 'OrderNotFound':
      return problem(404, 'order-not-found', 'There is no such order', `Order ${error.orderId} does not exist.`);
    case 'OrderAlreadyPlaced':
      return conflict('order-already-placed', error.orderId, `was placed at ${error.placedAt}`);
    case 'MixedCurrencies':
      return problem(
        422,
        'mixed-currencies',
        'All lines must have one currency',
        `The lines are in ${error.currencies.join(', ')}.`,
      );
    case 'OrderTotalTooLarge':
      return problem(
        422,
        'order-total-too-large',
        'The total is too large',
        `At most ${error.maxMinor} minor units can be charged.`,
      );
    case 'PaymentAmountMismatch':
      return problem(
        422,
        'payment-amount-mismatch',
        'The amount is not what is due',
        `Due: ${money(error.due)}. Offered: ${money(error.offered)}.`,
      );
    case 'OrderAlreadyPaid':
      return conflict('order-already-paid', error.orderId, `was paid at ${error.paidAt}`);
    case 'OrderNotPaid':
      return conflict('order-not-paid', error.orderId, `is ${error.status}, not paid`);
    case 'OrderNotShipped':
      return conflict('order-not-shipped', error.orderId, `is ${error.status}, not shipped`);
    case 'OrderAlreadyShipped':
      return conflict('order-already-shipped', error.orderId, `was shipped at ${error.shippedAt}`);
    case 'OrderAlreadyDelivered':
      return conflict('order-already-delivered', error.orderId, `was delivered at ${error.deliveredAt}`);
    case 'OrderAlreadyCancelled':
      return conflict('order-already-cancelled', error.orderId, `was cancelled at ${error.cancelledAt}`);
    case 'EventDoesNotApply':
      return problem(500, 'internal-error', 'Something is broken here', 'The fault is in the service; it is logged.');

    case 'ConsumerNotFound':
      return problem(
        404,
        'consumer-not-found',
        'There is no such consumer',
        `PROGRESS_URLS, where the service runs, names no ${error.consumer}.`,
      );
    case 'ReprocessTokenMissing':
      return problem(
        503,
        'reprocess-token-not-configured',
        'Re-processing at this consumer is not configured',
        `Set REPROCESS_TOKENS where the service runs to ${error.consumer}=TOKEN, with the REPROCESS_TOKEN of ${error.consumer}.`,
      );
    case 'ConsumerDidNothing':
      return problem(
        502,
        'consumer-did-nothing',
        'The consumer could not be asked, or refused',
        `Nothing was changed at ${error.consumer}. ${error.reason}.`,
      );
    case 'ConsumerOutcomeUnknown':
      return problem(
        504,
        'consumer-outcome-unknown',
        'It is not known whether the consumer did it',
        `The audit says so, too. Send the same request again, with the same Idempotency-Key: it goes on from there. ${error.consumer}: ${error.reason}.`,
      );
    case 'OrderNotParked':
      return problem(
        409,
        'order-not-parked',
        'The order is not parked there',
        `Order ${error.orderId} is not parked at ${error.consumer}, or no longer.`,
      );

    case 'EventNotFound':
      return problem(404, 'event-not-found', 'There is no such event', `Event ${error.eventId} is not in the outbox.`);
    case 'EventNotQuarantined':
      return problem(
        409,
        'event-not-quarantined',
        'Only a quarantined event can be redriven or skipped',
        `Event ${error.eventId} is ${error.status}.`,
      );
    case 'EventAlreadySkipped':
      return problem(
        409,
        'event-already-skipped',
        'The event was skipped, which is final',
        `Event ${error.replacementEventId} has taken the place of event ${error.eventId}.`,
      );
    case 'EventNotHead':
      return problem(
        409,
        'event-not-head',
        'An earlier event of the order must go first',
        `Redrive or skip event ${error.headEventId} before event ${error.eventId}.`,
      );
    case 'EventIsReplacement':
      return problem(
        409,
        'event-is-replacement',
        'The event stands for a skipped one already',
        `Event ${error.eventId} tells that event ${error.skippedEventId} was skipped. Redrive it.`,
      );
  }
};

const where = ({ path, message }: ValidationProblem): string => (path === '' ? message : `at ${path} ${message}`);

const conflict = (name: string, orderId: string, state: string): Problem =>
  problem(409, name, 'The order is in another state', `Order ${orderId} ${state}.`);
