import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../ports/clock.ts';
import type { IncomingEvent } from '../ports/consumed-record.ts';
import type { CallbackOutbox, RequestedCallback } from '../ports/consumer-callbacks.ts';
import type { Inbox, InboxState } from '../ports/inbox.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { Transaction } from '../ports/transaction.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import { BatchMemory } from './batch-memory.ts';
import { decide } from './sequence.ts';
import type { Settled } from './settle-event.ts';
import type { DependencyUnavailable, EventEffect, HandlerFailed, Subscription } from './subscription.ts';

/** The effect of one event of the batch failed, so nothing of the batch happened. */
export interface BatchBroken {
  readonly _tag: 'BatchBroken';
  /** Index of that event in the batch. */
  readonly at: number;
  /** Undefined when it was an outage of something the handler needs. */
  readonly failure: HandlerFailed | undefined;
}

export type SettleBatchError = BatchBroken | UnitOfWorkError;

export interface SettleBatchDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly inbox: Inbox;
  readonly callbacks: Pick<CallbackOutbox, 'append'>;
  readonly subscription: Subscription;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** No further event is begun in a transaction that has been open for longer, milliseconds: it holds row locks. */
  readonly openForMs: number;
}

export interface SettledInBatch {
  readonly event: IncomingEvent;
  readonly settled: Extract<Settled, { readonly _tag: 'Applied' | 'Duplicate' }>;
}

/** What has been done in the open transaction; its rows are written when it is complete. */
interface Progress {
  readonly settled: SettledInBatch[];
  readonly applied: IncomingEvent[];
  readonly requested: RequestedCallback[];
}

/** What an event asks for that has nothing unusual about it. */
type Step = { readonly _tag: 'Duplicate' } | { readonly _tag: 'Apply'; readonly effect: EventEffect };

/**
 * Many events in one transaction, in their order: all their inbox rows, last sequences, effects and callback rows
 * commit together or not at all. Only what is plain is settled so: an event that is next in turn, or known. The
 * batch ends before the first event that would be held, parked or begin in the middle; that one is `SettleEvent`'s.
 * Rerun after an unknown COMMIT it finds its own inbox rows, and every event is a duplicate.
 */
export class SettleBatch {
  constructor(private readonly deps: SettleBatchDependencies) {}

  /** Right: what became of the leading events; there may be fewer than were given, or none. */
  settle(
    events: readonly IncomingEvent[],
    signal: AbortSignal,
  ): TaskEither<SettleBatchError, readonly SettledInBatch[]> {
    return this.deps.unitOfWork.run(
      { action: `apply a batch of ${events.length} events`, rerunAfterUnknownCommit: true },
      (tx) =>
        pipe(
          this.deps.inbox.statesFor(tx, events),
          TE.flatMap((states) => this.runEffects(tx, events, states, signal)),
          TE.tap(({ requested }) => this.deps.callbacks.append(tx, requested)),
          TE.tap(({ applied }) => this.deps.inbox.recordAllApplied(tx, applied)),
          TE.map(({ settled }) => settled),
        ),
    );
  }

  private runEffects(
    tx: Transaction,
    events: readonly IncomingEvent[],
    states: readonly InboxState[],
    signal: AbortSignal,
  ): TaskEither<BatchBroken | StorageUnavailable, Progress> {
    const { clock, openForMs } = this.deps;
    const attempt = async (): Promise<Either<BatchBroken | StorageUnavailable, Progress>> => {
      const until = clock.monotonic() + openForMs;
      const memory = new BatchMemory();
      const progress: Progress = { settled: [], applied: [], requested: [] };
      for (const [at, event] of events.entries()) {
        const before = states[at];
        if (before === undefined || signal.aborted || clock.monotonic() > until) break;
        const step = this.stepOf(event, memory.stateNow(event, before));
        if (step === undefined) break;
        if (step._tag === 'Duplicate') {
          progress.settled.push({ event, settled: step });
          continue;
        }
        const done = await step.effect(tx)();
        if (E.isLeft(done)) return E.left(brokenAt(at, done.left));
        progress.requested.push(...done.right);
        progress.applied.push(event);
        progress.settled.push({ event, settled: { _tag: 'Applied', othersWait: before.othersWait } });
        memory.applied(event);
      }
      return E.right(progress);
    };
    return attempt;
  }

  /** Undefined: the event is not plain. */
  private stepOf(event: IncomingEvent, state: InboxState): Step | undefined {
    const decision = decide(state, event, 'topic', undefined);
    switch (decision._tag) {
      case 'Duplicate':
        return decision;
      case 'Apply': {
        if (event.isSkip) return { _tag: 'Apply', effect: () => TE.right([]) };
        const prepared = this.deps.subscription.prepare(event);
        return E.isLeft(prepared) ? undefined : { _tag: 'Apply', effect: prepared.right };
      }
      case 'Hold':
      case 'Violation':
        return undefined;
    }
  }
}

const brokenAt = (
  at: number,
  error: HandlerFailed | DependencyUnavailable | StorageUnavailable,
): BatchBroken | StorageUnavailable =>
  error._tag === 'StorageUnavailable'
    ? error
    : { _tag: 'BatchBroken', at, failure: error._tag === 'HandlerFailed' ? error : undefined };
