import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Clock } from '../ports/clock.ts';
import type { CallbackOutbox, CallbackPoster, FinalAnswer, StoredCallback } from '../ports/consumer-callbacks.ts';
import type { ConsumerObserver } from '../ports/consumer-observer.ts';
import type { Random } from '../ports/random.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import { judgeAnswer } from './callback-policy.ts';
import { DeliveredCallbacks } from './delivered-callbacks.ts';
import { describeCause } from '../describe-cause.ts';
import { retryDelay } from './retry-delay.ts';
import type { RetryPolicy } from './retry-delay.ts';
import type { EventEffect } from './subscription.ts';

export interface CallbackSenderDependencies {
  readonly callbacks: CallbackOutbox;
  readonly poster: CallbackPoster;
  readonly unitOfWork: UnitOfWork;
  /** The effect of a refusal; undefined when the consumer has none for that callback. */
  readonly onRefused: (callback: StoredCallback, answer: FinalAnswer) => EventEffect | undefined;
  readonly observer: ConsumerObserver;
  readonly clock: Clock;
  readonly random: Random;
  /** Requests in flight. */
  readonly concurrency: number;
  /** Most callbacks taken by one claim; those without a free request wait here. */
  readonly claimAtOnce: number;
  /** What one request takes at most. */
  readonly requestMs: number;
  /** Longer than one request can take, or two members send the same callback at once (which is harmless). */
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly retry: RetryPolicy;
}

/** A callback that is ours until its lease ends. */
interface Claimed {
  readonly callback: StoredCallback;
  /** Monotonic milliseconds: a request begun later might outlast the lease. */
  readonly sendUntil: number;
}

/**
 * Sends committed callback rows until the other side gives a final answer: at least once, always with the same
 * Idempotency-Key, of one order one after the other. An outage of the other side delays callbacks and nothing
 * else: consuming goes on.
 */
export class CallbackSender {
  private readonly inFlight = new Set<Promise<void>>();
  private readonly delivered: DeliveredCallbacks;
  private waiting: Claimed[] = [];
  private alarm = new AbortController();
  private stopping = false;
  private loop: Promise<void> | undefined;

  constructor(private readonly deps: CallbackSenderDependencies) {
    this.delivered = new DeliveredCallbacks(deps.callbacks, deps.observer);
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** A hint that something was committed. */
  wake(): void {
    this.alarm.abort();
  }

  /** Takes nothing more, gives back what it has not begun to send and waits for what is in flight. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.alarm.abort();
    await this.loop;
    const left = this.waiting.map(({ callback }) => callback.id);
    this.waiting = [];
    const returned = await this.deps.callbacks.giveBack(left)();
    if (E.isLeft(returned)) this.deps.observer.failed('give callbacks back', returned.left);
    await Promise.all(this.inFlight);
  }

  private async run(): Promise<void> {
    const { clock, concurrency, claimAtOnce, pollMs } = this.deps;
    while (!this.stopping) {
      this.alarm = new AbortController();
      const { signal } = this.alarm;
      // While requests in flight have enough to follow on, nothing is claimed: a claim for each answer is dear.
      const taken = this.waiting.length < concurrency ? await this.claim() : 0;
      this.fill();
      if (taken < claimAtOnce) await clock.sleep(pollMs, signal);
    }
  }

  /** How many were taken. */
  private async claim(): Promise<number> {
    const { callbacks, observer, clock, claimAtOnce, leaseMs, requestMs } = this.deps;
    const sendUntil = clock.monotonic() + leaseMs - requestMs;
    const claimed = await callbacks.claim(claimAtOnce, leaseMs)();
    if (E.isLeft(claimed)) {
      observer.failed('claim callbacks', claimed.left);
      return 0;
    }
    this.waiting.push(...claimed.right.map((callback) => ({ callback, sendUntil })));
    return claimed.right.length;
  }

  private fill(): void {
    while (!this.stopping && this.inFlight.size < this.deps.concurrency) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      // Too late to be sure of it: its lease runs out and whoever claims it then sends it.
      if (this.deps.clock.monotonic() <= next.sendUntil) this.launch(next.callback);
    }
  }

  private launch(callback: StoredCallback): void {
    const delivery = this.deliver(callback)
      .catch((cause: unknown) => this.deps.observer.failed('deliver a callback', cause))
      .finally(() => {
        this.inFlight.delete(delivery);
        this.fill();
        // The order's next callback may be due now.
        if (this.waiting.length < this.deps.concurrency) this.wake();
      });
    this.inFlight.add(delivery);
  }

  private async deliver(callback: StoredCallback): Promise<void> {
    const answer = await this.deps.poster.post(callback)();
    if (E.isLeft(answer)) return this.again(callback, describeCause(answer.left.cause), undefined);
    const verdict = judgeAnswer(answer.right);
    switch (verdict._tag) {
      case 'Delivered':
        return this.delivered.note(callback, answer.right.status);
      case 'Refused':
        return this.refused(callback, answer.right);
      case 'Retry':
        return this.again(callback, verdict.reason, verdict.afterMs);
    }
  }

  private async refused(callback: StoredCallback, answer: FinalAnswer): Promise<void> {
    const { callbacks, unitOfWork, onRefused, observer } = this.deps;
    const effect = onRefused(callback, answer);
    const noted = await unitOfWork.run({ action: 'refuse a callback', rerunAfterUnknownCommit: true }, (tx) =>
      pipe(
        callbacks.refuse(tx, callback.id, answer),
        TE.flatMap((isFirst) => (isFirst && effect !== undefined ? effect(tx) : TE.right([]))),
        TE.flatMap((requested) => callbacks.append(tx, requested)),
      ),
    )();
    if (E.isLeft(noted))
      await this.again(
        callback,
        `HTTP ${answer.status}, then ${noted.left._tag} ${describeCause(noted.left.cause)}`,
        undefined,
      );
    else observer.callbackRefused(callback, answer.status);
  }

  private async again(callback: StoredCallback, reason: string, afterMs: number | undefined): Promise<void> {
    const { callbacks, retry, random, observer } = this.deps;
    const delayMs = Math.max(retryDelay(retry, callback.attempts, random.next()), Math.min(afterMs ?? 0, retry.capMs));
    const noted = await callbacks.retry(callback.id, delayMs, reason)();
    if (E.isLeft(noted)) observer.failed('settle a callback', noted.left);
    else observer.callbackRetried(callback, reason, delayMs);
  }
}
