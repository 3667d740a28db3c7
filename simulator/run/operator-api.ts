import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

const RaisedEvent = t.type({
  eventId: t.string,
  sequence: t.number,
  type: t.string,
  standing: t.intersection([
    t.type({ state: t.string }),
    t.partial({ attempts: t.number, lastError: t.union([t.string, t.null]), heldBy: t.string }),
  ]),
});
/** One event of an order, and where it stands: pending, held, retrying, published, quarantined or skipped. */
export type RaisedEvent = t.TypeOf<typeof RaisedEvent>;

const OrderEventsAnswer = t.type({ events: t.array(RaisedEvent) });

const REQUEST_TIMEOUT_MS = 5_000;

/** The HTTP API as an operator uses it. */
export class OperatorApi {
  readonly #apiUrl: string;
  readonly #token: string;

  constructor(apiUrl: string, token: string) {
    this.#apiUrl = apiUrl;
    this.#token = token;
  }

  /** Where each event of an order stands, by sequence; undefined when the service did not tell now. */
  async eventsOf(orderId: string): Promise<readonly RaisedEvent[] | undefined> {
    try {
      const answer = await fetch(`${this.#apiUrl}/orders/${orderId}/events`, {
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      const decoded = OrderEventsAnswer.decode(await answer.json());
      return answer.ok && E.isRight(decoded) ? decoded.right.events : undefined;
    } catch {
      return undefined;
    }
  }

  /** HTTP status of the answer; undefined when none came. Safe to repeat: the key is the same each time. */
  redrive(eventId: string, reason: string): Promise<number | undefined> {
    return this.#act('redrive', eventId, reason);
  }

  /** As `redrive`, but gives the event up for good. */
  skip(eventId: string, reason: string): Promise<number | undefined> {
    return this.#act('skip', eventId, reason);
  }

  async #act(action: 'redrive' | 'skip', eventId: string, reason: string): Promise<number | undefined> {
    try {
      const answer = await fetch(`${this.#apiUrl}/outbox/${eventId}/${action}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${this.#token}`,
          'content-type': 'application/json',
          'idempotency-key': `simulator-${action}-${eventId}`,
        },
        body: JSON.stringify({ reason }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return undefined;
    }
  }
}
