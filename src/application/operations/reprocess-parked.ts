import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ParkedSelection, Reprocessed } from '../consumer/reprocess-orders.ts';
import type { ActOutcome, ConsumerActLog, SettledAct } from '../ports/consumer-act-log.ts';
import type {
  IdempotencyKey,
  IdempotencyKeyBusy,
  IdempotencyKeyReused,
  IdempotencyKeys,
} from '../ports/idempotency-keys.ts';
import type { Ids } from '../ports/ids.ts';
import type {
  ConsumerDidNothing,
  ConsumerNotFound,
  ConsumerOutcomeUnknown,
  ParkedDesk,
  ReprocessTokenMissing,
} from '../ports/parked-desk.ts';
import type { UnitOfWork, UnitOfWorkError } from '../ports/unit-of-work.ts';
import { actOnce } from './act-once.ts';
import { readNote, writeNote } from './reprocess-note.ts';
import type { ReprocessNote } from './reprocess-note.ts';

export interface ReprocessRequest {
  readonly consumer: string;
  readonly selection: ParkedSelection;
  /** Who asks, for the audit. */
  readonly actor: string;
  /** 1–500 characters. */
  readonly reason: string;
  /** The same key again goes on with what was begun, or is answered what came of it. */
  readonly key?: IdempotencyKey;
}

export interface ReprocessOutcome extends Reprocessed {
  /** True: it was done before, by the same key; nothing was asked of the consumer now. */
  readonly replayed: boolean;
}

export type ReprocessError =
  | UnitOfWorkError
  | IdempotencyKeyReused
  | IdempotencyKeyBusy
  | ConsumerNotFound
  | ReprocessTokenMissing
  | ConsumerDidNothing
  | ConsumerOutcomeUnknown;

export interface ReprocessParkedDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly acts: ConsumerActLog;
  readonly desk: ParkedDesk;
  readonly ids: Ids;
}

/** Of an order that is no longer parked when the consumer is asked a second time. */
const ASKED_AGAIN = 'asked again, as what came of it was not known: it may have been released then';

const isFinal = ({ outcome }: SettledAct): boolean => outcome === 'released' || outcome === 'not-parked';

const ordersWith = (acts: readonly SettledAct[], wanted: ActOutcome): readonly string[] =>
  acts.filter(({ outcome }) => outcome === wanted).map(({ orderId }) => orderId);

/** Once the consumer was asked, "nothing was changed" is no longer true of a database that does not answer. */
const afterwards = (consumer: string, error: ReprocessError): ReprocessError =>
  error._tag === 'StorageUnavailable' || error._tag === 'CommitOutcomeUnknown' || error._tag === 'ContentionExhausted'
    ? {
        _tag: 'ConsumerOutcomeUnknown',
        consumer,
        reason: `it was asked, and what it answered could not be noted (${error.action})`,
      }
    : error;

/**
 * Ends the parking of orders at a consumer, on record. The consumer is another service, so this is three steps: who wants
 * what and why is committed first; then the consumer is asked; then what came of it is committed. Whatever dies or is lost
 * on the way, the audit has the act, and says that its outcome is not known. The same request with its key goes on from
 * there, with the orders that were chosen the first time.
 */
export class ReprocessParked {
  constructor(private readonly dependencies: ReprocessParkedDependencies) {}

  handle(request: ReprocessRequest): TaskEither<ReprocessError, ReprocessOutcome> {
    const { consumer, selection } = request;
    return pipe(
      TE.fromEither(this.dependencies.desk.mayReprocess(consumer)),
      TE.flatMap((): TaskEither<ReprocessError, Pick<Reprocessed, 'done' | 'more'>> =>
        'orderIds' in selection
          ? TE.right({ done: [...new Set(selection.orderIds)].sort(), more: false })
          : this.rehearse(request),
      ),
      TE.flatMap(({ done: orderIds, more }) => this.intend(request, orderIds, more)),
      TE.flatMap((note) => this.carryOut(consumer, note)),
    );
  }

  /** What `handle` would do; asks the consumer, and changes nothing. */
  rehearse({
    consumer,
    selection,
  }: Pick<ReprocessRequest, 'consumer' | 'selection'>): ReturnType<ParkedDesk['rehearse']> {
    return this.dependencies.desk.rehearse(consumer, selection);
  }

  private intend(
    { consumer, actor, reason, key }: ReprocessRequest,
    orderIds: readonly string[],
    more: boolean,
  ): TaskEither<ReprocessError, ReprocessNote & { readonly replayed: boolean }> {
    const { unitOfWork, idempotencyKeys, acts, ids } = this.dependencies;
    const note: ReprocessNote = { requestId: ids.next(), more };
    const once = key === undefined ? undefined : { key, answer: () => writeNote(note) };
    const intended = { requestId: note.requestId, actor, consumer, orderIds, reason };
    return pipe(
      unitOfWork.run({ action: 'note a re-processing', rerunAfterUnknownCommit: true }, (tx) =>
        actOnce(idempotencyKeys, tx, once, acts.intend(tx, intended)),
      ),
      TE.map((acted) =>
        acted._tag === 'Replayed' ? { ...readNote(acted.answer), replayed: true } : { ...note, replayed: false },
      ),
    );
  }

  /** Asks for what is not settled yet. */
  private carryOut(
    consumer: string,
    { requestId, more, replayed }: ReprocessNote & { readonly replayed: boolean },
  ): TaskEither<ReprocessError, ReprocessOutcome> {
    return pipe(
      this.standing(requestId),
      TE.flatMap((before) => {
        const open = before.filter((act) => !isFinal(act)).map(({ orderId }) => orderId);
        const outcome = (acts: readonly SettledAct[]): ReprocessOutcome => ({
          done: ordersWith(acts, 'released'),
          notParked: ordersWith(acts, 'not-parked'),
          more,
          replayed: replayed && open.length === 0,
        });
        if (open.length === 0) return TE.right(outcome(before));
        return pipe(
          this.ask(consumer, requestId, open, replayed),
          TE.flatMap(() => this.standing(requestId)),
          TE.mapLeft((error) => afterwards(consumer, error)),
          TE.map(outcome),
        );
      }),
    );
  }

  private ask(
    consumer: string,
    requestId: string,
    orderIds: readonly string[],
    again: boolean,
  ): TaskEither<ReprocessError, void> {
    const all = (ids: readonly string[], outcome: ActOutcome, detail: string | null): readonly SettledAct[] =>
      ids.map((orderId) => ({ orderId, outcome, detail }));
    return async () => {
      const answer = await this.dependencies.desk.reprocess(consumer, orderIds)();
      if (E.isRight(answer)) {
        const { done, notParked } = answer.right;
        const settled = [...all(done, 'released', null), ...all(notParked, 'not-parked', again ? ASKED_AGAIN : null)];
        return this.settle(requestId, settled)();
      }
      const error = answer.left;
      const outcome = error._tag === 'ConsumerOutcomeUnknown' ? 'unknown' : 'not-done';
      // When this cannot be written, the audit still has the act, and says that its outcome is not known.
      await this.settle(requestId, all(orderIds, outcome, 'reason' in error ? error.reason : null))();
      return E.left(error);
    };
  }

  private standing(requestId: string): TaskEither<UnitOfWorkError, readonly SettledAct[]> {
    const { unitOfWork, acts } = this.dependencies;
    return unitOfWork.run({ action: 'read a re-processing', rerunAfterUnknownCommit: true }, (tx) =>
      acts.ofRequest(tx, requestId),
    );
  }

  private settle(requestId: string, settled: readonly SettledAct[]): TaskEither<UnitOfWorkError, void> {
    const { unitOfWork, acts } = this.dependencies;
    // Noted twice, it says the same.
    return unitOfWork.run({ action: 'note what became of a re-processing', rerunAfterUnknownCommit: true }, (tx) =>
      acts.settle(tx, requestId, settled),
    );
  }
}
