import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { IdempotencyKey } from '../../application/ports/idempotency-keys.ts';
import { OrderId } from '../../domain/order/values.ts';
import { validationProblems } from '../contract/validation-errors.ts';
import { ParkedOrderId } from '../operator/parked-order-id.ts';
import { ConsumerName } from './consumer-parameters.ts';
import type { HttpError } from './http-error.ts';
import { parseStrictJson } from './strict-json.ts';

const NO_BYTES = Buffer.alloc(0);

/** The body's bytes as they arrived. */
const bytesOf = (request: FastifyRequest): Buffer => (Buffer.isBuffer(request.body) ? request.body : NO_BYTES);

const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? request.url;

export const readBody = <A>(request: FastifyRequest, codec: t.Decoder<unknown, A>): Either<HttpError, A> =>
  pipe(
    parseStrictJson(bytesOf(request)),
    E.mapLeft((problem): HttpError => ({ _tag: 'RefusedJson', problem })),
    E.flatMap((value) =>
      pipe(
        codec.decode(value),
        E.mapLeft((errors): HttpError => ({ _tag: 'InvalidBody', problems: validationProblems(errors) })),
      ),
    ),
  );

/** As `readBody`, but no body at all stands for `absent`. */
export const readOptionalBody = <A>(
  request: FastifyRequest,
  codec: t.Decoder<unknown, A>,
  absent: A,
): Either<HttpError, A> => (bytesOf(request).length === 0 ? E.right(absent) : readBody(request, codec));

export const readQuery = <A>(request: FastifyRequest, codec: t.Decoder<unknown, A>): Either<HttpError, A> =>
  pipe(
    codec.decode(request.query),
    E.mapLeft((errors): HttpError => ({ _tag: 'InvalidQuery', problems: validationProblems(errors) })),
  );

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The client's key in its scope, with the SHA-256 of the body's bytes: the same order written differently is another body. */
export const readIdempotencyKey = (request: FastifyRequest): Either<HttpError, IdempotencyKey> => {
  const key = request.headers['idempotency-key'];
  if (key === undefined || key === '') return E.left({ _tag: 'IdempotencyKeyRequired' });
  if (typeof key !== 'string' || !KEY.test(key))
    return E.left({ _tag: 'InvalidHeader', header: 'Idempotency-Key', expected: '1 to 255 visible ASCII characters' });
  const fingerprint = createHash('sha256').update(bytesOf(request)).digest('hex');
  return E.right({ method: request.method, path: pathOf(request), key, fingerprint });
};

/** The version the client insists on; undefined when it does not (no header, or `*`). */
export const readIfMatch = (request: FastifyRequest): Either<HttpError, number | undefined> => {
  const header = request.headers['if-match'];
  if (header === undefined || header === '*') return E.right(undefined);
  const version = /^"(\d{1,9})"$/.exec(header)?.[1];
  return version === undefined
    ? E.left({ _tag: 'InvalidHeader', header: 'If-Match', expected: 'one version in quotes, like "3"' })
    : E.right(Number(version));
};

const PathParameters = t.record(t.string, t.string);

const readId =
  <Id>(of: 'order' | 'event' | 'consumer', parameter: string, codec: t.Decoder<unknown, Id>) =>
  (request: FastifyRequest): Either<HttpError, Id> =>
    pipe(
      PathParameters.decode(request.params),
      E.flatMap((parameters) => codec.decode(parameters[parameter])),
      E.mapLeft((): HttpError => ({ _tag: 'UnknownId', of })),
    );

export const readOrderId = readId('order', 'orderId', OrderId);
export const readParkedOrderId = readId<string>('order', 'orderId', ParkedOrderId);
/** Event IDs are UUIDs like order IDs. */
export const readEventId = readId<string>('event', 'eventId', OrderId);
export const readConsumer = readId<string>('consumer', 'consumer', ConsumerName);
