import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { EventTooLarge, Outbox, OutboxEvent } from '../../application/ports/outbox.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { Transaction } from '../../application/ports/transaction.ts';
import type { SqlScalar } from './mysql-connection.ts';
import { connectionOf } from './mysql-unit-of-work.ts';
import { toDateTime } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

export interface MySqlOutboxOptions {
  /** Partition of a key, by the rule of the topic. */
  readonly laneOf: (orderKey: string) => number;
  /** Largest payload with its extra headers, bytes of UTF-8. Never more than a MEDIUMTEXT holds. */
  readonly maxEventBytes: number;
}

const INSERT_EVENTS = `
INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, kafka_partition)
VALUES ?`;

/** Largest value of column `payload`. */
const MEDIUMTEXT_BYTES = 16_777_215;
/** One INSERT takes events up to this together, or a single larger one. */
const STATEMENT_BYTES = 4_194_304;

interface SizedEvent {
  readonly event: OutboxEvent;
  readonly headers: string;
  readonly bytes: number;
}

const sized = (event: OutboxEvent): SizedEvent => {
  const headers = JSON.stringify(event.headers);
  if (!event.payload.isWellFormed())
    throw new TypeError(`the payload of ${event.type} is not well-formed text: its bytes could not be kept`);
  return { event, headers, bytes: Buffer.byteLength(event.payload) + Buffer.byteLength(headers) };
};

const chunked = (events: readonly SizedEvent[]): readonly (readonly SizedEvent[])[] => {
  const chunks: SizedEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const chunk = chunks.at(-1);
    if (chunk !== undefined && event.bytes <= room) {
      chunk.push(event);
      room -= event.bytes;
    } else {
      chunks.push([event]);
      room = STATEMENT_BYTES - event.bytes;
    }
  }
  return chunks;
};

/** Table `outbox`. Sizes are checked before anything is sent; a refused event leaves the transaction as it was. */
export class MySqlOutbox implements Outbox {
  readonly #laneOf: (orderKey: string) => number;
  readonly #maxEventBytes: number;

  constructor({ laneOf, maxEventBytes }: MySqlOutboxOptions) {
    this.#laneOf = laneOf;
    this.#maxEventBytes = Math.min(maxEventBytes, MEDIUMTEXT_BYTES);
  }

  append(tx: Transaction, events: readonly OutboxEvent[]): TaskEither<StorageUnavailable | EventTooLarge, void> {
    return pipe(
      storageAttempt('append to outbox', async (): Promise<Either<EventTooLarge, void>> => {
        const sizedEvents = events.map(sized);
        const tooLarge = sizedEvents.find(({ bytes }) => bytes > this.#maxEventBytes);
        if (tooLarge !== undefined) return E.left(this.#refusal(tooLarge));
        const connection = connectionOf(tx);
        for (const chunk of chunked(sizedEvents))
          await connection.write(INSERT_EVENTS, [chunk.map((event) => this.#columns(event))]);
        return E.right(undefined);
      }),
      TE.flatMapEither((appended): Either<StorageUnavailable | EventTooLarge, void> => appended),
    );
  }

  #refusal({ event, bytes }: SizedEvent): EventTooLarge {
    return { _tag: 'EventTooLarge', eventId: event.eventId, type: event.type, bytes, maxBytes: this.#maxEventBytes };
  }

  #columns({ event, headers }: SizedEvent): readonly SqlScalar[] {
    return [
      event.eventId,
      event.orderKey,
      event.sequence,
      event.type,
      event.version,
      toDateTime(event.occurredAt),
      event.payload,
      headers,
      this.#laneOf(event.orderKey),
    ];
  }
}
