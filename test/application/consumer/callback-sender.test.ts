import { randomUUID } from 'node:crypto';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import { CallbackSender } from '../../../src/application/consumer/callback-sender.ts';
import type { EventEffect } from '../../../src/application/consumer/subscription.ts';
import type {
  CallbackAnswer,
  CallbackOutbox,
  CallbackUnanswered,
  FinalAnswer,
  StoredCallback,
} from '../../../src/application/ports/consumer-callbacks.ts';
import { InMemoryCallbackOutbox } from '../../../src/infrastructure/in-memory/consumer-callback-outbox.ts';
import { ConsumerDatabase, consumerTablesOf } from '../../../src/infrastructure/in-memory/consumer-database.ts';
import { VirtualClock } from '../../../src/infrastructure/in-memory/virtual-clock.ts';
import { silentConsumerObserver } from '../../../src/infrastructure/in-memory/silent-consumer-observer.ts';

type Answer = TaskEither<CallbackUnanswered, CallbackAnswer>;
const http = (status: number, retryAfterMs?: number): Answer => TE.right({ status, retryAfterMs, body: '' });
const unreachable: Answer = TE.left({ _tag: 'CallbackUnanswered', cause: new Error('ECONNREFUSED') });

const LEASE_MS = 7_000;

/** A sender on a virtual clock, and another side that answers what the test tells it to. */
class Desk {
  readonly clock = new VirtualClock();
  readonly database = new ConsumerDatabase(this.clock);
  readonly outbox = new InMemoryCallbackOutbox(this.database, 'payment');
  /** How many callbacks each mark ended, and each claim took. */
  readonly marks: number[] = [];
  readonly claims: number[] = [];
  readonly sent: { readonly name: string; readonly orderId: string; readonly key: string; readonly at: number }[] = [];
  atOnce = 0;
  mostAtOnce = 0;

  constructor(
    private readonly answer: (callback: StoredCallback, attempt: number) => Answer,
    private readonly onRefused: (callback: StoredCallback, answer: FinalAnswer) => EventEffect | undefined = () =>
      undefined,
    private readonly requestMs = 10,
    private readonly concurrency = 2,
    private readonly markMs = 0,
  ) {}

  sender(): CallbackSender {
    return new CallbackSender({
      callbacks: this.watched(),
      poster: { post: (callback) => this.post(callback) },
      unitOfWork: this.database,
      onRefused: this.onRefused,
      observer: silentConsumerObserver,
      clock: this.clock,
      random: { next: () => 0.5 },
      concurrency: this.concurrency,
      claimAtOnce: 4,
      requestMs: 5_000,
      leaseMs: LEASE_MS,
      pollMs: 100,
      retry: { baseMs: 200, capMs: 5_000 },
    });
  }

  private watched(): CallbackOutbox {
    const { outbox } = this;
    return {
      append: (tx, requested) => outbox.append(tx, requested),
      giveBack: (ids) => outbox.giveBack(ids),
      retry: (id, delayMs, error) => outbox.retry(id, delayMs, error),
      refuse: (tx, id, answer) => outbox.refuse(tx, id, answer),
      delivered: (answered) => {
        this.marks.push(answered.length);
        return async () => {
          await this.clock.sleep(this.markMs);
          return outbox.delivered(answered)();
        };
      },
      claim: (limit, leaseMs) =>
        TE.map((taken: readonly StoredCallback[]) => {
          this.claims.push(taken.length);
          return taken;
        })(outbox.claim(limit, leaseMs)),
    };
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
      await this.clock.sleep(this.requestMs);
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

  it('given answers that come while others are marked / then they are marked together', async () => {
    const desk = new Desk(() => http(200), undefined, 10, 4, 25);
    for (let n = 0; n < 8; n += 1) await desk.add(`order-${n}`, 'payment');
    await desk.runUntil(() => desk.statuses().every((status) => status === 'payment delivered'));
    expect(desk.marks.reduce((sum, count) => sum + count, 0)).to.equal(8);
    expect(desk.marks.length).to.be.below(8);
  });

  it('given many due callbacks / then one claim takes several, and none is made for each answer', async () => {
    const desk = new Desk(() => http(200));
    for (let n = 0; n < 8; n += 1) await desk.add(`order-${n}`, 'payment');
    await desk.runUntil(() => desk.statuses().every((status) => status === 'payment delivered'));
    expect(desk.claims.filter((taken) => taken > 0)).to.deep.equal([4, 4]);
  });

  it('given a stop while claimed callbacks wait for their turn / then they are due again at once', async () => {
    const desk = new Desk(() => http(200));
    for (let n = 0; n < 4; n += 1) await desk.add(`order-${n}`, 'payment');
    const sender = desk.sender();
    sender.start();
    await desk.clock.runUntil(() => desk.sent.length === 2, 1_000);
    const stopped = sender.stop();
    let over = false;
    void stopped.then(() => (over = true));
    await desk.clock.runUntil(() => over, 1_000);
    expect(desk.sent).to.have.length(2);
    const left = await desk.outbox.claim(10, LEASE_MS)();
    expect(left).to.have.nested.property('right.length', 2);
    expect(left).to.have.nested.property('right[0].attempts', 1);
  });

  it('given requests that take long / then what waited behind them is not sent on a lease that may end before', async () => {
    const desk = new Desk(() => http(200), undefined, 4_000);
    for (let n = 0; n < 4; n += 1) await desk.add(`order-${n}`, 'payment');
    await desk.runUntil(() => desk.statuses().every((status) => status === 'payment delivered'));
    // The lease is 7 s and a request may take 5 s, so at 4 s it is too late for the other two of the claim.
    expect(desk.sent.slice(0, 2).map(({ at }) => at)).to.deep.equal([0, 0]);
    expect(desk.sent[2]?.at).to.be.at.least(LEASE_MS);
    expect(desk.sent).to.have.length(4);
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
