import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

const EventAnswer = t.type({
  eventId: t.string,
  sequence: t.number,
  type: t.string,
  status: t.string,
  attempts: t.number,
  heldBy: t.union([t.string, t.null]),
  lastError: t.union([t.string, t.null]),
});
/** One event of an order as the service shows it. */
export type EventAnswer = t.TypeOf<typeof EventAnswer>;

const OrderEventsAnswer = t.type({ events: t.array(EventAnswer) });

const REQUEST_TIMEOUT_MS = 5_000;

/** The operator's part of the HTTP API, used as an operator would. */
export class OperatorApi {
  readonly #apiUrl: string;
  readonly #token: string;

  constructor(apiUrl: string, token: string) {
    this.#apiUrl = apiUrl;
    this.#token = token;
  }

  /** Where each event of an order stands; undefined when the service did not answer that now. */
  async eventsOf(orderId: string): Promise<readonly EventAnswer[] | undefined> {
    try {
      const answer = await fetch(`${this.#apiUrl}/orders/${orderId}/events`, {
        headers: { authorization: `Bearer ${this.#token}` },
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const decoded = OrderEventsAnswer.decode(await answer.json());
      return answer.ok && E.isRight(decoded) ? decoded.right.events : undefined;
    } catch {
      return undefined;
    }
  }

  /** HTTP status of the answer; undefined when none came. */
  async redrive(eventId: string): Promise<number | undefined> {
    try {
      const answer = await fetch(`${this.#apiUrl}/outbox/${eventId}/redrive`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.#token}`,
          'content-type': 'application/json',
          'idempotency-key': `redrive-${eventId}`,
        },
        body: '{}',
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return undefined;
    }
  }
}
