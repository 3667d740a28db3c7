import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Clock } from '../ports/clock.ts';
import type { CallbackOutbox, CallbackPoster, FinalAnswer, StoredCallback } from '../ports/consumer-callbacks.ts';
import type { ConsumerObserver } from '../ports/consumer-observer.ts';
import type { Random } from '../ports/random.ts';
import type { UnitOfWork } from '../ports/unit-of-work.ts';
import { judgeAnswer } from './callback-policy.ts';
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
  readonly concurrency: number;
  /** Longer than one request can take, or two members send the same callback at once (which is harmless). */
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly retry: RetryPolicy;
}

/**
 * Sends committed callback rows until the other side gives a final answer: at least once, always with the same
 * Idempotency-Key, of one order one after the other. An outage of the other side delays callbacks and nothing
 * else: consuming goes on.
 */
export class CallbackSender {
  private readonly inFlight = new Set<Promise<void>>();
  private alarm = new AbortController();
  private stopping = false;
  private loop: Promise<void> | undefined;

  constructor(private readonly deps: CallbackSenderDependencies) {}

  start(): void {
    this.loop ??= this.run();
  }

  /** A hint that something was committed. */
  wake(): void {
    this.alarm.abort();
  }

  /** Takes nothing more and waits for what is in flight. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.alarm.abort();
    await this.loop;
    await Promise.all(this.inFlight);
  }

  private async run(): Promise<void> {
    const { callbacks, observer, clock, concurrency, leaseMs, pollMs } = this.deps;
    while (!this.stopping) {
      this.alarm = new AbortController();
      const free = concurrency - this.inFlight.size;
      const claimed = free > 0 ? await callbacks.claim(free, leaseMs)() : E.right([]);
      if (E.isLeft(claimed)) observer.failed('claim callbacks', claimed.left);
      const taken = E.isLeft(claimed) ? [] : claimed.right;
      for (const callback of taken) this.launch(callback);
      if (taken.length === 0 || taken.length === free) await clock.sleep(pollMs, this.alarm.signal);
    }
  }

  private launch(callback: StoredCallback): void {
    const delivery = this.deliver(callback)
      .catch((cause: unknown) => this.deps.observer.failed('deliver a callback', cause))
      .finally(() => {
        this.inFlight.delete(delivery);
        this.wake();
      });
    this.inFlight.add(delivery);
  }

  private async deliver(callback: StoredCallback): Promise<void> {
    const answer = await this.deps.poster.post(callback)();
    if (E.isLeft(answer)) return this.again(callback, describeCause(answer.left.cause), undefined);
    const verdict = judgeAnswer(answer.right);
    switch (verdict._tag) {
      case 'Delivered':
        return this.delivered(callback, answer.right.status);
      case 'Refused':
        return this.refused(callback, answer.right);
      case 'Retry':
        return this.again(callback, verdict.reason, verdict.afterMs);
    }
  }

  // When a row cannot be settled its lease runs out and it is sent again, with the same Idempotency-Key.
  private async delivered(callback: StoredCallback, status: number): Promise<void> {
    const noted = await this.deps.callbacks.delivered(callback.id, status)();
    if (E.isLeft(noted)) this.deps.observer.failed('settle a callback', noted.left);
    else this.deps.observer.callbackDelivered(callback);
  }

  private async refused(callback: StoredCallback, answer: FinalAnswer): Promise<void> {
    const { callbacks, unitOfWork, onRefused, observer } = this.deps;
    const effect = onRefused(callback, answer);
    const noted = await unitOfWork.run({ action: 'refuse a callback', rerunAfterUnknownCommit: true }, (tx) =>
      pipe(
        callbacks.refuse(tx, callback.id, answer),
        TE.flatMap((isFirst) => (isFirst && effect !== undefined ? effect(tx) : TE.right(undefined))),
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
