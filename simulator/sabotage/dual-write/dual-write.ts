import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Producer } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { Outbox, OutboxEvent } from '../../../src/application/ports/outbox.ts';
import type { Transaction } from '../../../src/application/ports/transaction.ts';
import type { UnitOfWork } from '../../../src/application/ports/unit-of-work.ts';
import { encodeEnvelope } from '../../../src/interfaces/contract/envelope.ts';

const NOTE_AS_PUBLISHED = `
INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, status, published_at,
                    kafka_partition, kafka_offset)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'COMPLETED', NOW(6), ?, ?)`;

const toDateTime = (instant: string): string => instant.replace('T', ' ').replace('Z', '');

/**
 * PLANTED BUG. Save, then publish: the order is committed alone, its events are sent to Kafka afterwards and then
 * noted in the outbox as published. A failure in between is logged and forgotten, as it happens in real services;
 * a crash in between is not even that.
 */
export class DualWrite {
  private readonly raised = new WeakMap<Transaction, OutboxEvent[]>();

  constructor(
    private readonly topic: string,
    private readonly producer: Producer,
    private readonly pool: Pool,
  ) {}

  readonly outbox: Outbox = {
    append: (tx, events) => {
      this.raised.set(tx, [...(this.raised.get(tx) ?? []), ...events]);
      return TE.right(undefined);
    },
  };

  unitOfWork(real: UnitOfWork): UnitOfWork {
    return {
      run: (options, work) => async () => {
        let last: Transaction | undefined;
        const done = await real.run(options, (tx) => {
          last = tx;
          return work(tx);
        })();
        const events = last === undefined ? undefined : this.raised.get(last);
        if (E.isRight(done)) for (const event of events ?? []) await this.publish(event);
        return done;
      },
    };
  }

  private async publish(event: OutboxEvent): Promise<void> {
    const { eventId, orderKey, sequence, type, version, occurredAt, payload, headers } = event;
    try {
      const message = encodeEnvelope({ ...event, orderId: orderKey });
      const [stored] = await this.producer.send({ topic: this.topic, acks: -1, messages: [message] });
      await this.pool.execute(NOTE_AS_PUBLISHED, [
        eventId,
        orderKey,
        sequence,
        type,
        version,
        toDateTime(occurredAt),
        payload,
        JSON.stringify(headers),
        stored?.partition ?? 0,
        Number(stored?.baseOffset ?? 0),
      ]);
    } catch (cause) {
      process.stderr.write(`could not publish ${type} of order ${orderKey}: ${String(cause)}\n`);
    }
  }
}
