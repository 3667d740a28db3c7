import * as E from 'fp-ts/lib/Either.js';
import type { CallbackOutbox, DeliveredCallback, StoredCallback } from '../ports/consumer-callbacks.ts';
import type { ConsumerObserver } from '../ports/consumer-observer.ts';

interface Answered extends DeliveredCallback {
  readonly callback: StoredCallback;
}

/** Marks callbacks as delivered, many in one statement: those answered while one is under way gather for the next. */
export class DeliveredCallbacks {
  private gathered: Answered[] = [];
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly callbacks: Pick<CallbackOutbox, 'delivered'>,
    private readonly observer: ConsumerObserver,
  ) {}

  /** Resolves when the mark is written, or could not be: then the lease runs out and the callback is sent again. */
  note(callback: StoredCallback, status: number): Promise<void> {
    const isFirst = this.gathered.length === 0;
    this.gathered.push({ id: callback.id, status, callback });
    if (isFirst) this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Never rejects. */
  private async write(): Promise<void> {
    const answered = this.gathered;
    this.gathered = [];
    try {
      const marked = await this.callbacks.delivered(answered)();
      if (E.isLeft(marked)) this.observer.failed('settle callbacks', marked.left);
      else for (const { callback } of answered) this.observer.callbackDelivered(callback);
    } catch (cause) {
      this.observer.failed('settle callbacks', cause);
    }
  }
}
