import { randomUUID } from 'node:crypto';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import { CallbackSender } from '../../../src/application/consumer/callback-sender.ts';
import type { EventEffect } from '../../../src/application/consumer/subscription.ts';
import type {
  CallbackAnswer,
  CallbackUnanswered,
  FinalAnswer,
  StoredCallback,
} from '../../../src/application/ports/consumer-callbacks.ts';
import { InMemoryCallbackOutbox } from '../../../src/infrastructure/in-memory/consumer-callback-outbox.ts';
import { ConsumerDatabase, consumerTablesOf } from '../../../src/infrastructure/in-memory/consumer-database.ts';
import { VirtualClock } from '../../../src/infrastructure/in-memory/virtual-clock.ts';
import { silentObserver } from './consumer-house.ts';

type Answer = TaskEither<CallbackUnanswered, CallbackAnswer>;
const http = (status: number, retryAfterMs?: number): Answer => TE.right({ status, retryAfterMs, body: '' });
const unreachable: Answer = TE.left({ _tag: 'CallbackUnanswered', cause: new Error('ECONNREFUSED') });

const LEASE_MS = 7_000;

/** A sender on a virtual clock, and another side that answers what the test tells it to. */
class Desk {
  readonly clock = new VirtualClock();
  readonly database = new ConsumerDatabase(this.clock);
  readonly outbox = new InMemoryCallbackOutbox(this.database, 'payment');
  readonly sent: { readonly name: string; readonly orderId: string; readonly key: string; readonly at: number }[] = [];
  atOnce = 0;
  mostAtOnce = 0;

  constructor(
    private readonly answer: (callback: StoredCallback, attempt: number) => Answer,
    private readonly onRefused: (callback: StoredCallback, answer: FinalAnswer) => EventEffect | undefined = () =>
      undefined,
  ) {}

  sender(): CallbackSender {
    return new CallbackSender({
      callbacks: this.outbox,
      poster: { post: (callback) => this.post(callback) },
      unitOfWork: this.database,
      onRefused: this.onRefused,
      observer: silentObserver,
      clock: this.clock,
      random: { next: () => 0.5 },
      concurrency: 2,
      claimAtOnce: 4,
      requestMs: 5_000,
      leaseMs: LEASE_MS,
      pollMs: 100,
      retry: { baseMs: 200, capMs: 5_000 },
    });
  }

  async add(orderId: string, ...names: readonly string[]): Promise<string> {
    const eventId = randomUUID();
    const callbacks = names.map((name) => ({ name, method: 'POST' as const, path: '/x', body: '{}', delayMs: 0 }));
    const options = { action: 'test', rerunAfterUnknownCommit: true };
    const origin = { eventId, orderId, sequence: 1 };
    const requested = callbacks.map((callback) => ({ origin, callback }));
    await this.database.run(options, (tx) => this.outbox.append(tx, requested))();
    return eventId;
  }

  statuses(): readonly string[] {
    return [...this.database.committed.callbacks.values()].map(({ name, status }) => `${name} ${status}`);
  }

  /** Runs the sender until `done`, at most a virtual minute. */
  async runUntil(done: () => boolean): Promise<void> {
    const sender = this.sender();
    sender.start();
    expect(await this.clock.runUntil(done, 60_000), 'done within a minute').to.equal(true);
    await sender.stop();
  }

  private post(callback: StoredCallback): Answer {
    const { name, orderId, idempotencyKey: key } = callback;
    this.sent.push({ name, orderId, key, at: this.clock.monotonic() });
    this.atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atOnce);
    const attempt = this.sent.filter((one) => one.key === key).length;
    return async () => {
      await this.clock.sleep(10);
      this.atOnce -= 1;
      return this.answer(callback, attempt)();
    };
  }
}

describe('the callback sender', () => {
  it('given failures that pass / then it tries again with the same Idempotency-Key until it is answered', async () => {
    const answers = [unreachable, http(503), http(429), http(408), http(425), http(409, 1_000), http(201)];
    const desk = new Desk((_, attempt) => answers[attempt - 1] ?? http(500));
    const eventId = await desk.add('order-1', 'payment');
    await desk.runUntil(() => desk.statuses().includes('payment delivered'));
    expect(desk.sent).to.have.length(answers.length);
    expect(new Set(desk.sent.map(({ key }) => key))).to.deep.equal(new Set([`payment:${eventId}:payment`]));
  });

  it('given failures / then the waits grow and stay below the cap', async () => {
    const desk = new Desk((_, attempt) => (attempt < 10 ? http(503) : http(200)));
    await desk.add('order-1', 'payment');
    await desk.runUntil(() => desk.statuses().includes('payment delivered'));
    const waits = desk.sent.slice(1).map(({ at }, index) => at - (desk.sent[index]?.at ?? 0));
    expect(waits[0]).to.be.within(100, 400);
    expect(waits.at(-1)).to.be.within(2_500, 5_200);
    expect(Math.max(...waits)).to.be.below(5_300);
  });

  it('given two callbacks of one order / then the second is sent after the first has ended', async () => {
    const desk = new Desk((callback, attempt) => (callback.name === 'first' && attempt < 4 ? http(503) : http(200)));
    await desk.add('order-1', 'first', 'second');
    await desk.runUntil(() => desk.statuses().includes('second delivered'));
    expect(desk.sent.map(({ name }) => name)).to.deep.equal(['first', 'first', 'first', 'first', 'second']);
  });

  it('given an order whose callback is stuck / then other orders go on, never more at once than allowed', async () => {
    const desk = new Desk((callback) => (callback.orderId === 'stuck' ? http(503) : http(200)));
    await desk.add('stuck', 'payment');
    for (let n = 0; n < 6; n += 1) await desk.add(`order-${n}`, 'payment');
    await desk.runUntil(() => desk.statuses().filter((status) => status === 'payment delivered').length === 6);
    expect(desk.mostAtOnce).to.equal(2);
  });

  it('given a refusal / then its effect and the end of the callback are one transaction, once', async () => {
    const refused: number[] = [];
    const refund =
      (callback: StoredCallback, answer: FinalAnswer): EventEffect =>
      (tx) =>
        TE.fromIO(() => {
          refused.push(answer.status);
          const { eventId, orderId, sequence } = callback;
          consumerTablesOf(tx).effects.set(desk.database.nextId(), { eventId, orderId, sequence });
          return [];
        });
    const desk: Desk = new Desk(() => http(409), refund);
    await desk.add('order-1', 'payment');
    await desk.runUntil(() => desk.statuses().includes('payment refused'));
    expect(refused).to.deep.equal([409]);
    expect([...desk.database.committed.effects.values()]).to.have.length(1);
    expect(desk.sent).to.have.length(1);
  });

  it('given a refusal whose effect fails at first / then the callback stays open and the effect happens once', async () => {
    let fails = 2;
    const effect: EventEffect = (tx) => {
      consumerTablesOf(tx).effects.set(desk.database.nextId(), { eventId: 'e', orderId: 'o', sequence: 1 });
      fails -= 1;
      return fails >= 0 ? TE.left({ _tag: 'HandlerFailed', cause: new Error('not now') }) : TE.right([]);
    };
    const desk: Desk = new Desk(
      () => http(409),
      () => effect,
    );
    await desk.add('order-1', 'payment');
    await desk.runUntil(() => desk.statuses().includes('payment refused'));
    expect([...desk.database.committed.effects.values()]).to.have.length(1);
    expect(desk.sent).to.have.length(3);
  });

  it('given a sender that died after the answer came / then the next one repeats the call with the same key', async () => {
    const desk = new Desk(() => http(200));
    const eventId = await desk.add('order-1', 'payment');
    // The dead one: it claimed and posted, and never noted the answer.
    await desk.outbox.claim(1, LEASE_MS)();
    await desk.runUntil(() => desk.statuses().includes('payment delivered'));
    expect(desk.sent.map(({ key }) => key)).to.deep.equal([`payment:${eventId}:payment`]);
    expect(desk.sent[0]?.at).to.be.at.least(LEASE_MS);
  });
});
