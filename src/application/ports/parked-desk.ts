import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ParkedSelection, Reprocessed } from '../consumer/reprocess-orders.ts';
import type { ParkedPage, ParkedQuery } from './parked-orders.ts';

/** No consumer of this name is configured. */
export interface ConsumerNotFound {
  readonly _tag: 'ConsumerNotFound';
  readonly consumer: string;
}

/** There is no token for it here, so it would refuse. */
export interface ReprocessTokenMissing {
  readonly _tag: 'ReprocessTokenMissing';
  readonly consumer: string;
}

/** The consumer could not be asked, or refused: nothing was done. */
export interface ConsumerDidNothing {
  readonly _tag: 'ConsumerDidNothing';
  readonly consumer: string;
  readonly reason: string;
}

/** It was asked, and what came of it is not known. */
export interface ConsumerOutcomeUnknown {
  readonly _tag: 'ConsumerOutcomeUnknown';
  readonly consumer: string;
  readonly reason: string;
}

/** What the consumers that are configured have parked: each tells it, and ends it, itself. */
export interface ParkedDesk {
  /** Left: why it is certain that this consumer cannot be asked to end a parking. */
  mayReprocess(consumer: string): Either<ConsumerNotFound | ReprocessTokenMissing, void>;
  list(consumer: string, query: ParkedQuery): TaskEither<ConsumerNotFound | ConsumerDidNothing, ParkedPage>;
  /** What `reprocess` would do; changes nothing. */
  rehearse(
    consumer: string,
    selection: ParkedSelection,
  ): TaskEither<ConsumerNotFound | ReprocessTokenMissing | ConsumerDidNothing, Reprocessed>;
  /** To ask again is harmless: an order that is no longer parked is left alone. */
  reprocess(
    consumer: string,
    orderIds: readonly string[],
  ): TaskEither<
    ConsumerNotFound | ReprocessTokenMissing | ConsumerDidNothing | ConsumerOutcomeUnknown,
    Pick<Reprocessed, 'done' | 'notParked'>
  >;
}
