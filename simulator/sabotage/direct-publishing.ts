import type { Producer } from 'kafkajs';
import type { Pool } from 'mysql2/promise';
import type { OutboxEvent } from '../../src/application/ports/outbox.ts';
import { encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';

const NOTE_AS_PUBLISHED = `
INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, status, published_at,
                    kafka_partition, kafka_offset)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'COMPLETED', NOW(6), ?, ?)`;

const toDateTime = (instant: string): string => instant.replace('T', ' ').replace('Z', '');

export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** What an API does that publishes by itself instead of leaving it to the relay. Both calls reject on failure. */
export interface DirectPublishing {
  publish(event: OutboxEvent): Promise<Place>;
  /** Writes the event into the outbox as published, in a transaction of its own. */
  note(event: OutboxEvent, place: Place): Promise<void>;
}

export const directPublishing = (topic: string, producer: Producer, pool: Pool): DirectPublishing => ({
  publish: async (event) => {
    const message = encodeEnvelope({ ...event, orderId: event.orderKey });
    const [stored] = await producer.send({ topic, acks: -1, messages: [message] });
    return { partition: stored?.partition ?? 0, offset: Number(stored?.baseOffset ?? 0) };
  },
  note: async ({ eventId, orderKey, sequence, type, version, occurredAt, payload, headers }, { partition, offset }) => {
    const about = [eventId, orderKey, sequence, type, version, toDateTime(occurredAt), payload];
    await pool.execute(NOTE_AS_PUBLISHED, [...about, JSON.stringify(headers), partition, offset]);
  },
});
