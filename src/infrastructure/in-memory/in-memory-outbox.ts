import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { OUTBOX_MOVES } from '../../application/ports/outbox-status.ts';
import type { EventTooLarge, Outbox, OutboxEvent } from '../../application/ports/outbox.ts';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { InMemoryDatabase, Tables } from './in-memory-database.ts';
import { tablesOf } from './in-memory-unit-of-work.ts';

export interface InMemoryOutboxOptions {
  /** Partition of a key, by the rule of the topic. */
  readonly laneOf: (orderKey: string) => number;
  /** Largest payload with its extra headers, bytes of UTF-8. */
  readonly maxEventBytes: number;
}

const bytesOf = (event: OutboxEvent): number =>
  Buffer.byteLength(event.payload) + Buffer.byteLength(JSON.stringify(event.headers));

export const sequenceIndexKey = (orderKey: string, sequence: number): string => `${orderKey}#${sequence}`;

/** Holds what the unique keys of table `outbox` hold: one row per event ID and per order and sequence. */
export class InMemoryOutbox implements Outbox {
  constructor(
    private readonly database: InMemoryDatabase,
    private readonly options: InMemoryOutboxOptions,
  ) {}

  append(tx: Transaction, events: readonly OutboxEvent[]): TE.TaskEither<StorageUnavailable | EventTooLarge, void> {
    return TE.fromIOEither(() => {
      for (const event of events) {
        const refusal = this.insert(tablesOf(tx), event);
        if (refusal !== undefined) return E.left(refusal);
      }
      return E.right(undefined);
    });
  }

  private insert(tables: Tables, event: OutboxEvent): StorageUnavailable | EventTooLarge | undefined {
    const { eventId, orderKey, sequence, type } = event;
    const bytes = bytesOf(event);
    const { maxEventBytes } = this.options;
    if (bytes > maxEventBytes) return { _tag: 'EventTooLarge', eventId, type, bytes, maxBytes: maxEventBytes };
    const sequenceKey = sequenceIndexKey(orderKey, sequence);
    if (tables.outboxByEvent.has(eventId) || tables.outboxBySequence.has(sequenceKey))
      return storageUnavailable('append to the outbox', new Error(`duplicate event ${eventId} or ${sequenceKey}`));

    const id = this.database.nextId();
    tables.outboxByEvent.set(eventId, id);
    tables.outboxBySequence.set(sequenceKey, id);
    tables.outbox.set(id, {
      ...event,
      id,
      status: OUTBOX_MOVES.append.to,
      attempts: 0,
      nextAttemptAt: null,
      lastError: null,
      heldBy: null,
      createdAt: this.database.now(),
      publishedAt: null,
      partition: this.options.laneOf(orderKey),
      offset: null,
    });
    return undefined;
  }
}
