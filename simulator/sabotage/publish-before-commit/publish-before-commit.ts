import type { Outbox, OutboxEvent } from '../../../src/application/ports/outbox.ts';
import type { Transaction } from '../../../src/application/ports/transaction.ts';
import type { UnitOfWork } from '../../../src/application/ports/unit-of-work.ts';
import { afterCommit } from '../after-commit.ts';
import type { DirectPublishing, Place } from '../direct-publishing.ts';
import { orUnavailable } from '../read-records.ts';

/**
 * PLANTED BUG. Publish, then save: the events are sent to Kafka inside the transaction, so that a broker that
 * refuses them makes it roll back. A transaction that does not commit after all has told the world of a change that
 * never was.
 */
export class PublishBeforeCommit {
  private readonly published = new WeakMap<Transaction, (readonly [OutboxEvent, Place])[]>();

  constructor(private readonly direct: DirectPublishing) {}

  readonly outbox: Outbox = {
    append: (tx, events) =>
      orUnavailable('publish events', async () => {
        const before = this.published.get(tx) ?? [];
        this.published.set(tx, before);
        for (const event of events) before.push([event, await this.direct.publish(event)]);
      }),
  };

  unitOfWork(real: UnitOfWork): UnitOfWork {
    return afterCommit(real, async (tx) => {
      for (const [event, place] of this.published.get(tx) ?? []) await this.direct.note(event, place);
    });
  }
}
