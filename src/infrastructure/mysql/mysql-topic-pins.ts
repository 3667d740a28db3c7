import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { TopicPartitionsChanged, TopicPins } from '../../application/ports/topic-pins.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { WholeNumber, decodeFirst } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const INSERT_PIN = `
INSERT IGNORE INTO topic_pins (topic, partitions) VALUES (?, ?)`;

const SELECT_PIN = `
SELECT partitions FROM topic_pins WHERE topic = ?`;

const PinRow = t.strict({ partitions: WholeNumber });

/** Table `topic_pins`. */
export class MySqlTopicPins implements TopicPins {
  readonly #pool: MySqlPool;

  constructor(pool: MySqlPool) {
    this.#pool = pool;
  }

  pin(topic: string, partitions: number): TaskEither<StorageUnavailable | TopicPartitionsChanged, void> {
    return pipe(
      storageAttempt('pin topic', () =>
        this.#pool.use(async (connection) => {
          await connection.write(INSERT_PIN, [topic, partitions]);
          return decodeFirst(PinRow, await connection.rows(SELECT_PIN, [topic]));
        }),
      ),
      TE.flatMapEither((row): Either<StorageUnavailable | TopicPartitionsChanged, void> => {
        const pinned = row?.partitions ?? partitions;
        return pinned === partitions
          ? E.right(undefined)
          : E.left({ _tag: 'TopicPartitionsChanged', topic, pinned, found: partitions });
      }),
    );
  }

  find(topic: string): TaskEither<StorageUnavailable, number | undefined> {
    return storageAttempt('find topic pin', async () => {
      const rows = await this.#pool.use((connection) => connection.rows(SELECT_PIN, [topic]));
      return decodeFirst(PinRow, rows)?.partitions;
    });
  }
}
