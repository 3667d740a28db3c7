import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type {
  CallbackAnswer,
  CallbackPoster,
  CallbackUnanswered,
  StoredCallback,
} from '../application/ports/consumer-callbacks.ts';

export interface HttpCallbackPosterOptions {
  /** Callback paths are put behind it. */
  readonly baseUrl: string;
  /** Shown as `user-agent`. */
  readonly consumer: string;
  /** From the first byte sent to the last byte of the answer. */
  readonly timeoutMs: number;
}

const MAX_BODY = 4_096;

/** Seconds or an HTTP date, as milliseconds from now; undefined without the header or when it is neither. */
const retryAfter = (header: string | null): number | undefined => {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
};

/** Sends callbacks as JSON. Redirects are not followed: the answer of another address would be no answer. */
export class HttpCallbackPoster implements CallbackPoster {
  constructor(private readonly options: HttpCallbackPosterOptions) {}

  post(callback: StoredCallback): TaskEither<CallbackUnanswered, CallbackAnswer> {
    const { baseUrl, consumer, timeoutMs } = this.options;
    return TE.tryCatch(
      async () => {
        const response = await fetch(`${baseUrl.replace(/\/$/, '')}${callback.path}`, {
          method: callback.method,
          headers: {
            'content-type': 'application/json',
            accept: 'application/json, application/problem+json',
            'idempotency-key': callback.idempotencyKey,
            'user-agent': consumer,
            ...(callback.traceparent === undefined ? {} : { traceparent: callback.traceparent }),
          },
          body: callback.body,
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
        });
        return {
          status: response.status,
          body: (await response.text()).slice(0, MAX_BODY),
          retryAfterMs: retryAfter(response.headers.get('retry-after')),
        };
      },
      (cause) => ({ _tag: 'CallbackUnanswered', cause }),
    );
  }
}
