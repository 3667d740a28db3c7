import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { CallbackSender } from './application/consumer/callback-sender.ts';
import { ConsumeRecord } from './application/consumer/consume-record.ts';
import { HANDLER_RETRY } from './application/consumer/handler-retry.ts';
import { SettleEvent } from './application/consumer/settle-event.ts';
import type { UnitOfWork } from './application/ports/unit-of-work.ts';
import { InMemoryCallbackOutbox } from './infrastructure/in-memory/consumer-callback-outbox.ts';
import { ConsumerDatabase } from './infrastructure/in-memory/consumer-database.ts';
import type { CallbackRow } from './infrastructure/in-memory/consumer-database.ts';
import { InMemoryInbox } from './infrastructure/in-memory/consumer-inbox.ts';
import { RecordedEffects } from './infrastructure/in-memory/recorded-effects.ts';
import type { RecordedStatement, SqlAnswers } from './infrastructure/in-memory/recorded-effects.ts';
import { silentConsumerObserver } from './infrastructure/in-memory/silent-consumer-observer.ts';
import { VirtualClock } from './infrastructure/in-memory/virtual-clock.ts';
import { recordReader } from './infrastructure/kafka/kafka-consumer-record.ts';
import type { ReadRecord } from './infrastructure/kafka/kafka-consumer-record.ts';
import type { ConsumerDefinitionOf, EventContract } from './interfaces/consumer/consumer-definition.ts';
import { declaredHandlers } from './interfaces/consumer/declared-handlers.ts';
import type { DeclaredHandlers } from './interfaces/consumer/declared-handlers.ts';
import { orderContract } from './interfaces/consumer/order-consumer.ts';
import type { ConsumerDefinition } from './interfaces/consumer/order-consumer.ts';
import type { TestEvent } from './interfaces/consumer/test-order.ts';
import { encodeEnvelope } from './interfaces/contract/envelope.ts';

/*
 * The test kit: given events, then effects. A consumer's handlers run by the rules they run by in production (order,
 * duplicates, gaps, skips, parking, refusals: the very code), over an inbox in memory and a transaction that records the
 * statements instead of running them. No MySQL, no Kafka, no waiting.
 *
 * What it does not show: whether the SQL is right. A test against a real MySQL does.
 */

export type { RecordedStatement, SqlAnswers } from './infrastructure/in-memory/recorded-effects.ts';
export { TestOrder } from './interfaces/consumer/test-order.ts';
export type { Plain, TestEvent } from './interfaces/consumer/test-order.ts';

/**
 * What became of a record. `held`: stored, because an earlier event is missing or the order is parked. `parked`: the
 * order is parked because of it. `unavailable`: a handler said so; in production the partition waits and tries it again.
 */
export type Outcome = 'applied' | 'duplicate' | 'held' | 'parked' | 'unavailable';

/** A callback that a handler has asked for, its effect committed. */
export interface TestCallback {
  readonly name: string;
  readonly orderId: string;
  readonly method: string;
  readonly path: string;
  /** What its JSON says. */
  readonly body: unknown;
  readonly delayMs: number;
  readonly status: CallbackRow['status'];
}

/** How the other side answers a callback: HTTP status, and perhaps a body. */
export interface TestAnswer {
  readonly status: number;
  readonly body?: string;
}

const TOPIC = 'test';
const REQUEST_MS = 5_000;
const DAY_MS = 86_400_000;
const HALFWAY = { next: () => 0.5 };

/** One consumer under test, that has heard nothing yet. */
export class ConsumerTest {
  private readonly clock = new VirtualClock();
  private readonly database = new ConsumerDatabase(this.clock);
  private readonly inbox = new InMemoryInbox(this.database);
  private readonly callbackRows: InMemoryCallbackOutbox;
  private readonly unitOfWork: UnitOfWork;
  private readonly consume: ConsumeRecord;
  private readonly read: ReadRecord;
  private offset = 0;

  private constructor(
    name: string,
    baseline: string | undefined,
    private readonly source: string,
    private readonly recorded: RecordedEffects,
    private readonly handlers: DeclaredHandlers,
  ) {
    this.callbackRows = new InMemoryCallbackOutbox(this.database, name);
    this.unitOfWork = recorded.keepingWith(this.database);
    this.read = recordReader(TOPIC, source);
    const { unitOfWork, inbox, callbackRows: callbacks } = this;
    const settleEvent = new SettleEvent({
      unitOfWork,
      inbox,
      callbacks,
      subscription: handlers,
      logStartOf: () => TE.right(0),
      baseline,
    });
    // Between two attempts of a handler nobody waits.
    const clock = {
      now: () => this.clock.now(),
      monotonic: () => this.clock.monotonic(),
      sleep: () => Promise.resolve(),
    };
    const parts = { settleEvent, inbox, unitOfWork, clock, random: HALFWAY, observer: silentConsumerObserver };
    this.consume = new ConsumeRecord({ ...parts, handlerRetry: HANDLER_RETRY });
  }

  /** `answers`: what the database says to the handlers' statements. */
  static of(definition: ConsumerDefinition, answers: SqlAnswers = {}): ConsumerTest {
    return ConsumerTest.ofContract(orderContract, definition, answers);
  }

  /** The same for the events of another aggregate. */
  static ofContract<Payloads extends object>(
    contract: EventContract<Payloads>,
    definition: ConsumerDefinitionOf<Payloads>,
    answers: SqlAnswers = {},
  ): ConsumerTest {
    const recorded = new RecordedEffects(answers);
    const handlers = declaredHandlers(contract, definition, (origin, because) => recorded.of({ ...origin, because }));
    return new ConsumerTest(definition.name, definition.baseline, contract.source, recorded, handlers);
  }

  /** Hands the events over one after the other, and tells what became of each, up to the first that is unavailable. */
  async given(...events: readonly TestEvent[]): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const event of events) {
      const outcome = await this.take(event);
      outcomes.push(outcome);
      if (outcome === 'unavailable') break;
    }
    return outcomes;
  }

  /** Statements of handlers whose transactions have committed, in their order. */
  get effects(): readonly RecordedStatement[] {
    return this.recorded.committed;
  }

  /** In the order in which they were asked for. */
  get callbacks(): readonly TestCallback[] {
    return [...this.database.committed.callbacks.values()].map(callbackOf);
  }

  /** Why the order is parked; undefined when it is not. */
  parked(orderId: string): string | undefined {
    return this.database.committed.orders.get(orderId)?.parked?.reason;
  }

  /** Sequences of the order's events that are stored and not applied. */
  waiting(orderId: string): readonly number[] {
    const rows = [...this.database.committed.waiting.values()].filter(({ event }) => event.orderId === orderId);
    return rows.map(({ event }) => event.sequence).sort((a, b) => a - b);
  }

  /** What `reprocess ORDER_ID` does, and the running consumer after it. False: the order was not parked. */
  async reprocess(orderId: string): Promise<boolean> {
    const released = await this.consume.release(orderId)();
    if (E.isLeft(released)) throw new Error('reprocess', { cause: released.left });
    await this.consume.drain(orderId, new AbortController().signal);
    return released.right;
  }

  /**
   * Lets time pass until each pending callback was sent once, those of one order one after the other, and is answered as
   * `reply` says; a callback whose answer is not final keeps the later ones of its order waiting.
   */
  async answerCallbacks(reply: (callback: TestCallback) => TestAnswer): Promise<void> {
    const asked = new Set<number>();
    const sender = new CallbackSender({
      callbacks: this.callbackRows,
      poster: {
        post: (callback) =>
          TE.fromIO(() => {
            asked.add(callback.id);
            const { status, body = '' } = reply(callbackOf({ ...callback, status: 'pending' }));
            return { status, body, retryAfterMs: undefined };
          }),
      },
      unitOfWork: this.unitOfWork,
      onRefused: this.handlers.onRefused,
      observer: silentConsumerObserver,
      clock: this.clock,
      random: HALFWAY,
      concurrency: 1,
      claimAtOnce: 64,
      requestMs: REQUEST_MS,
      leaseMs: 2 * REQUEST_MS,
      pollMs: 200,
      retry: { baseMs: 200, capMs: 5_000 },
    });
    sender.start();
    await this.clock.runUntil(() => this.haveBeenAsked(asked), DAY_MS);
    await sender.stop();
  }

  private haveBeenAsked(asked: ReadonlySet<number>): boolean {
    const pending = [...this.database.committed.callbacks.values()].filter(({ status }) => status === 'pending');
    const isBehind = (row: CallbackRow): boolean =>
      pending.some(({ id, orderId }) => orderId === row.orderId && id < row.id && asked.has(id));
    return pending.every((row) => asked.has(row.id) || isBehind(row));
  }

  private async take(event: TestEvent): Promise<Outcome> {
    const { key, value, headers } = encodeEnvelope(event, this.source);
    const offset = this.offset;
    this.offset += 1;
    const message = {
      key: Buffer.from(key),
      value: Buffer.from(value),
      headers,
      timestamp: '0',
      attributes: 0,
      offset: String(offset),
    };
    const record = this.read({ topic: TOPIC, partition: 0, offset }, message);
    const processed = await this.consume.process(record, new AbortController().signal);
    return processed._tag === 'Done' ? OUTCOMES[processed.settled._tag] : 'unavailable';
  }
}

const OUTCOMES = { Applied: 'applied', Duplicate: 'duplicate', Held: 'held', Parked: 'parked' } as const;

const callbackOf = ({
  name,
  orderId,
  method,
  path,
  body,
  delayMs,
  status,
}: Omit<CallbackRow, 'nextAttemptAt' | 'lastError'>): TestCallback => ({
  name,
  orderId,
  method,
  path,
  body: JSON.parse(body) as unknown,
  delayMs,
  status,
});
