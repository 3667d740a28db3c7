import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { silentConsumerObserver } from '../../../src/infrastructure/in-memory/silent-consumer-observer.ts';
import { ConsumeBatch } from '../../../src/application/consumer/consume-batch.ts';
import { ConsumeRecord } from '../../../src/application/consumer/consume-record.ts';
import type { Processed } from '../../../src/application/consumer/consume-record.ts';
import { SettleBatch } from '../../../src/application/consumer/settle-batch.ts';
import { SettleEvent } from '../../../src/application/consumer/settle-event.ts';
import type { EventEffect, EventRefused, Subscription } from '../../../src/application/consumer/subscription.ts';
import type { Clock } from '../../../src/application/ports/clock.ts';
import type { Callback } from '../../../src/application/ports/consumer-callbacks.ts';
import type { ConsumedRecord, IncomingEvent } from '../../../src/application/ports/consumed-record.ts';
import type { UnitOfWork } from '../../../src/application/ports/unit-of-work.ts';
import { InMemoryCallbackOutbox } from '../../../src/infrastructure/in-memory/consumer-callback-outbox.ts';
import { ConsumerDatabase, consumerTablesOf } from '../../../src/infrastructure/in-memory/consumer-database.ts';
import { InMemoryInbox } from '../../../src/infrastructure/in-memory/consumer-inbox.ts';

export const OPEN_FOR_MS = 400;

/** A clock on which every sleep is over at once. */
export const impatientClock: Clock = { now: () => 0, monotonic: () => 0, sleep: () => Promise.resolve() };

export interface HouseOptions {
  /** Why the event breaks the contract, or undefined. */
  readonly violation?: (event: IncomingEvent) => EventRefused | undefined;
  /** What the handler does before its effect; a rejection makes it fail. */
  readonly handler?: (event: IncomingEvent) => Promise<void>;
  /** Why something that the handler needs cannot be reached, or undefined. */
  readonly outage?: (event: IncomingEvent) => Error | undefined;
  /** What the handler asks for. */
  readonly callbacks?: (event: IncomingEvent) => readonly Callback[];
  readonly clock?: Clock;
  readonly unitOfWork?: (real: UnitOfWork) => UnitOfWork;
  readonly logStart?: () => TaskEither<{ readonly _tag: 'DependencyUnavailable'; readonly cause: unknown }, number>;
  readonly baseline?: string;
}

/** An event that this consumer is too old for. */
export const unknownVersion: EventRefused = { cause: 'unknown-version', reason: 'version 9 is not known' };

/** A consumer over an in-memory database, whose only effect is a row that names the event. */
export class ConsumerHouse {
  readonly database = new ConsumerDatabase(impatientClock);
  private readonly inbox = new InMemoryInbox(this.database);

  constructor(private readonly options: HouseOptions = {}) {}

  /** A consumer as it is after a start of its process: nothing in memory. */
  consumer(): ConsumeRecord {
    return this.consumers().single;
  }

  /** The same, for records that are handed over together. */
  batchConsumer(): ConsumeBatch {
    return this.consumers().batch;
  }

  private consumers(): { readonly single: ConsumeRecord; readonly batch: ConsumeBatch } {
    const { unitOfWork: decorate, logStart, baseline, clock = impatientClock } = this.options;
    const parts = {
      unitOfWork: decorate?.(this.database) ?? this.database,
      inbox: this.inbox,
      subscription: this.subscription,
      callbacks: new InMemoryCallbackOutbox(this.database, 'test'),
      observer: silentConsumerObserver,
      clock,
    };
    const settleEvent = new SettleEvent({ ...parts, logStartOf: logStart ?? (() => TE.right(0)), baseline });
    const single = new ConsumeRecord({
      ...parts,
      settleEvent,
      random: { next: () => 0.5 },
      handlerRetry: { attempts: 5, baseMs: 1, capMs: 10 },
    });
    const settleBatch = new SettleBatch({ ...parts, openForMs: OPEN_FOR_MS });
    return { single, batch: new ConsumeBatch({ consume: single, settleBatch }) };
  }

  async take(record: ConsumedRecord): Promise<Processed> {
    return this.consumer().process(record, new AbortController().signal);
  }

  /** Takes the events one after the other and answers what became of each. */
  async takeAll(events: readonly IncomingEvent[]): Promise<readonly string[]> {
    const outcomes: string[] = [];
    for (const event of events) {
      const processed = await this.take({ _tag: 'Event', event });
      outcomes.push(processed._tag === 'Done' ? processed.settled._tag : processed._tag);
    }
    return outcomes;
  }

  /**
   * Hands the events over together, again and again from the first that is not done, by a consumer that has just
   * started. Answers how many each call took; the last one ends with what stopped it, if something did.
   */
  async takeTogether(
    events: readonly IncomingEvent[],
    signal = new AbortController().signal,
  ): Promise<readonly (number | string)[]> {
    const records = events.map((event): ConsumedRecord => ({ _tag: 'Event', event }));
    const consumer = this.batchConsumer();
    const outcomes: (number | string)[] = [];
    for (let done = 0; done < records.length;) {
      const processed = await consumer.process(records.slice(done), signal);
      outcomes.push(processed._tag === 'Done' ? processed.taken : processed._tag);
      if (processed._tag !== 'Done') break;
      done += processed.taken;
    }
    return outcomes;
  }

  /** Event IDs in the order in which their effects were written. */
  effects(orderId?: string): readonly string[] {
    return [...this.database.committed.effects.values()]
      .filter((row) => orderId === undefined || row.orderId === orderId)
      .map(({ eventId }) => eventId);
  }

  /** IDs of the events that are stored. */
  waiting(): readonly string[] {
    return [...this.database.committed.waiting.values()].map(({ event }) => event.eventId);
  }

  private readonly subscription: Subscription = {
    prepare: (event) => {
      const violation = this.options.violation?.(event);
      return violation === undefined ? E.right(this.effectOf(event)) : E.left(violation);
    },
  };

  private effectOf(event: IncomingEvent): EventEffect {
    return (tx) =>
      TE.tryCatch(
        async () => {
          const { eventId, orderId, sequence } = event;
          // Written before the handler may fail, so that a rollback that does not happen would be seen.
          consumerTablesOf(tx).effects.set(this.database.nextId(), { eventId, orderId, sequence });
          const outage = this.options.outage?.(event);
          if (outage !== undefined) throw outage;
          await this.options.handler?.(event);
          return this.options.callbacks?.(event).map((callback) => ({ origin: event, callback })) ?? [];
        },
        (cause) => ({
          _tag: cause === this.options.outage?.(event) ? 'DependencyUnavailable' : 'HandlerFailed',
          cause,
        }),
      );
  }
}
