import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { ClientOperation } from '../checker/evidence.ts';
import type { History, Invocation } from '../history/history.ts';

export interface ClientOptions {
  readonly apiUrl: string;
  readonly history: History;
  /** How long one request may take, milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long a request whose outcome is not known is sent again under its key; longer than any outage of the run. */
  readonly patienceMs: number;
  /** Aborts every request and retry; what is open stays `unknown`. */
  readonly signal: AbortSignal;
}

export interface Outcome {
  readonly outcome: ClientOperation['outcome'];
  /** Known from the command's path or the answer. */
  readonly orderId: string | null;
}

const OrderAnswer = t.type({ orderId: t.string, status: t.string });
const FIRST_PAUSE_MS = 100;
/** Thousands may wait for the end of an outage: were they to ask each second, they would be the load that keeps it going. */
const LONGEST_PAUSE_MS = 5_000;

/** 4xx that say "not now" rather than "no": time-out, too early, too many requests. */
const NOT_NOW = new Set([408, 425, 429]);

/**
 * What one answer says about the request: done, refused for good, or neither. A 409 with Retry-After means that
 * the same key is at work, so its outcome is still open. A 5xx proves nothing.
 */
export const classifyAnswer = (status: number, retryAfter: string | null): ClientOperation['outcome'] => {
  if (status >= 200 && status < 300) return 'ok';
  if (status < 400 || status >= 500 || NOT_NOW.has(status)) return 'unknown';
  return status === 409 && retryAfter !== null ? 'unknown' : 'fail';
};

const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
};

/** A client of the HTTP API that keeps its Idempotency-Key until it knows the outcome, and notes all it sees. */
export class ApiClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Sends a state-changing request until its outcome is known or patience ends. Never rejects. */
  async command(invocation: Invocation, path: string, body: unknown): Promise<Outcome> {
    const { history, patienceMs, signal } = this.#options;
    const operation = history.invoke(invocation);
    const giveUpAt = Date.now() + patienceMs;
    let orderId = invocation.orderId;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      operation.sent();
      const answer = await this.#send(path, invocation.idempotencyKey, body);
      if (E.isRight(answer)) {
        orderId ??= answer.right.orderId;
        operation.answered(answer.right.status, answer.right.orderId);
        const outcome = classifyAnswer(answer.right.status, answer.right.retryAfter);
        if (outcome !== 'unknown') {
          operation.completed(outcome);
          return { outcome, orderId };
        }
      } else {
        operation.unanswered(answer.left);
      }
      if (signal.aborted || Date.now() + pause > giveUpAt) break;
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
    operation.completed('unknown');
    return { outcome: 'unknown', orderId };
  }

  /** Status of an order as one read shows it; undefined when no such answer came. */
  async statusOf(orderId: string): Promise<string | undefined> {
    const { apiUrl, requestTimeoutMs, signal } = this.#options;
    try {
      const answer = await fetch(`${apiUrl}/orders/${orderId}`, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      });
      const order = OrderAnswer.decode(await answer.json());
      return answer.ok && E.isRight(order) ? order.right.status : undefined;
    } catch {
      return undefined;
    }
  }

  async #send(
    path: string,
    idempotencyKey: string,
    body: unknown,
  ): Promise<E.Either<string, { status: number; retryAfter: string | null; orderId: string | null }>> {
    const { apiUrl, requestTimeoutMs, signal } = this.#options;
    try {
      const answer = await fetch(`${apiUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify(body),
        signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeoutMs)]),
      });
      const text = await answer.text();
      const order = answer.ok ? OrderAnswer.decode(JSON.parse(text)) : undefined;
      const orderId = order !== undefined && E.isRight(order) ? order.right.orderId : null;
      return E.right({ status: answer.status, retryAfter: answer.headers.get('retry-after'), orderId });
    } catch (cause) {
      return E.left(reasonOf(cause));
    }
  }
}
