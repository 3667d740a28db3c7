import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Outbox, OutboxEvent } from '../../../src/application/ports/outbox.ts';
import type { Transaction } from '../../../src/application/ports/transaction.ts';
import type { UnitOfWork } from '../../../src/application/ports/unit-of-work.ts';
import { afterCommit } from '../after-commit.ts';
import type { DirectPublishing } from '../direct-publishing.ts';

/**
 * PLANTED BUG. Save, then publish: the order is committed alone, its events are sent to Kafka afterwards and then
 * noted in the outbox as published. A failure in between is logged and forgotten, as it happens in real services;
 * a crash in between is not even that.
 */
export class DualWrite {
  private readonly raised = new WeakMap<Transaction, OutboxEvent[]>();

  constructor(private readonly direct: DirectPublishing) {}

  readonly outbox: Outbox = {
    append: (tx, events) => {
      this.raised.set(tx, [...(this.raised.get(tx) ?? []), ...events]);
      return TE.right(undefined);
    },
  };

  unitOfWork(real: UnitOfWork): UnitOfWork {
    return afterCommit(real, async (tx) => {
      for (const event of this.raised.get(tx) ?? []) await this.publish(event);
    });
  }

  private async publish(event: OutboxEvent): Promise<void> {
    try {
      await this.direct.note(event, await this.direct.publish(event));
    } catch (cause) {
      process.stderr.write(`could not publish ${event.type} of order ${event.orderKey}: ${String(cause)}\n`);
    }
  }
}
