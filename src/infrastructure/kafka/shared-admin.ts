import type { Admin, Kafka } from 'kafkajs';
import { withDeadline } from './with-deadline.ts';

const CLOSE_MS = 2_000;
const late = (): Error => new Error(`questions to the broker were not answered within ${CLOSE_MS} ms`);

/**
 * One connection of an admin client for many questions, also at the same time. It is closed when the last of them has
 * ended: kafkajs would open it again for the retry of a question under way, and nobody would close that one.
 */
export class SharedAdmin {
  readonly #admin: Admin;
  readonly #connecting: Promise<void>;
  readonly #asked = new Set<Promise<unknown>>();

  /** Connects at once; that it cannot is told to those who ask. */
  constructor(kafka: Kafka) {
    this.#admin = kafka.admin({ retry: { retries: 2, initialRetryTime: 100 } });
    this.#connecting = this.#admin.connect();
    this.#connecting.catch(() => undefined);
  }

  ask<A>(question: (admin: Admin) => Promise<A>): Promise<A> {
    const answer = this.#connecting.then(() => question(this.#admin));
    this.#asked.add(answer);
    const ended = (): void => {
      this.#asked.delete(answer);
    };
    answer.then(ended, ended);
    return answer;
  }

  /** Nothing may be asked any more. Never rejects, and waits 2 s at most: what ends later is closed later. */
  async close(): Promise<void> {
    const closed = Promise.allSettled(this.#asked).then(() => this.#admin.disconnect());
    await withDeadline(closed, CLOSE_MS, late).catch(() => undefined);
  }
}
