import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { describeCause } from '../../application/describe-cause.ts';

const TIMEOUT_MS = 2_000;

/** `base` without a slash at its end, with `path`, which begins with one, behind it. */
export const addressAt = (base: string, path: string): string => `${base.replace(/\/+$/, '')}${path}`;

/** Why there is no answer that can be used. */
export interface Unanswered {
  readonly reason: string;
  /** True: the consumer was not reached, or refused; nothing was done. */
  readonly isCertain: boolean;
}

export interface Asking {
  readonly init?: RequestInit;
  readonly timeoutMs?: number;
}

const Problem = t.partial({ type: t.string, title: t.string, detail: t.string });

/** Nothing was sent then. */
const NEVER_REACHED: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

const codeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error && 'code' in error.cause ? error.cause.code : undefined;

/** A 4xx, and a 503 that says what is not configured, come before anything is done. */
const refusalOf = async (address: string, answer: Response): Promise<Unanswered> => {
  const body = await answer.json().catch(() => undefined);
  const problem = Problem.decode(body);
  const { type = '', title, detail } = E.isRight(problem) ? problem.right : {};
  const said = [title, detail].filter((part) => part !== undefined).join('. ');
  return {
    reason: `${address} answered ${answer.status}${said === '' ? '' : `: ${said}`}`,
    isCertain: answer.status < 500 || type.endsWith('-not-configured'),
  };
};

/** One request to a consumer's HTTP server. Left: why there is no answer that `codec` can read. Never rejects. */
export const requestConsumer = async <A>(
  address: string,
  codec: t.Decoder<unknown, A>,
  { init = {}, timeoutMs = TIMEOUT_MS }: Asking = {},
): Promise<Either<Unanswered, A>> => {
  try {
    // A token goes to the address that is configured, and nowhere else.
    const answer = await fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    if (!answer.ok) return E.left(await refusalOf(address, answer));
    const decoded = codec.decode(await answer.json());
    return E.isRight(decoded)
      ? decoded
      : E.left({ reason: `${address} answered something else than what was asked for`, isCertain: false });
  } catch (error) {
    const reason = `${address} does not answer: ${describeCause(error)}`;
    return E.left({ reason, isCertain: NEVER_REACHED.has(codeOf(error)) });
  }
};

/** The same for what changes nothing: Left is the reason alone. */
export const askConsumer = async <A>(address: string, codec: t.Decoder<unknown, A>): Promise<Either<string, A>> =>
  E.mapLeft(({ reason }: Unanswered) => reason)(await requestConsumer(address, codec));
