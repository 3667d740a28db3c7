import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { describeCause } from '../../application/describe-cause.ts';

const TIMEOUT_MS = 2_000;

/** `base` without a slash at its end, with `path`, which begins with one, behind it. */
export const addressAt = (base: string, path: string): string => `${base.replace(/\/+$/, '')}${path}`;

/** One request to a consumer's HTTP server. Left: why there is no answer that `codec` can read. Never rejects. */
export const askConsumer = async <A>(
  address: string,
  codec: t.Decoder<unknown, A>,
  init: RequestInit = {},
): Promise<Either<string, A>> => {
  try {
    const answer = await fetch(address, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!answer.ok) return E.left(`${address} answered ${answer.status}`);
    const decoded = codec.decode(await answer.json());
    return E.isLeft(decoded) ? E.left(`${address} answered something else than what was asked for`) : decoded;
  } catch (error) {
    return E.left(`${address} does not answer: ${describeCause(error)}`);
  }
};
