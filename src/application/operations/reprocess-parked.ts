import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ParkedSelection, Reprocessed } from '../consumer/reprocess-orders.ts';
import type { ActOutcome, ConsumerActLog, SettledAct, StandingAct } from '../ports/consumer-act-log.ts';
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

export type ReprocessError = UnitOfWorkError | IdempotencyKeyReused | IdempotencyKeyBusy | AskingError;

type AskingError = ConsumerNotFound | ReprocessTokenMissing | ConsumerDidNothing | ConsumerOutcomeUnknown;

export interface ReprocessParkedDependencies {
  readonly unitOfWork: UnitOfWork;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly acts: ConsumerActLog;
  readonly desk: ParkedDesk;
  readonly ids: Ids;
}

/** Of an order that is no longer parked when the consumer is asked a second time. */
const ASKED_AGAIN = 'asked again, as what came of it was not known: it may have been released then';

/**
 * An act of which nothing was noted for so long is one that a process died over. Longer than a desk waits for a consumer
 * and a unit for MySQL together, so that until then the same key is at work elsewhere.
 */
const AT_WORK_MS = 30_000;
const RETRY_AFTER_SECONDS = 5;

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

/** That nothing was done when it was asked again says nothing of the time before. */
const stillUnknown = (consumer: string, error: AskingError): ConsumerOutcomeUnknown => ({
  _tag: 'ConsumerOutcomeUnknown',
  consumer,
  reason: `what came of it is still not known; asked again: ${'reason' in error ? error.reason : error._tag}`,
});

/** What is asked for under a key. */
interface Begun extends ReprocessNote {
  /** True: by an earlier call. */
  readonly replayed: boolean;
}

/**
 * Ends the parking of orders at a consumer, on record. The consumer is another service, so this is three steps: who wants
 * what and why is committed first; then the consumer is asked; then what came of it is committed. Whatever dies or is lost
 * on the way, the audit has the act, and says that its outcome is not known; that stays so until the consumer has said what
 * came of it. The same request with its key goes on from there, with the orders that were chosen the first time.
 */
export class ReprocessParked {
  constructor(private readonly dependencies: ReprocessParkedDependencies) {}

  handle(request: ReprocessRequest): TaskEither<ReprocessError, ReprocessOutcome> {
    return pipe(
      this.begunBefore(request.key),
      TE.flatMap((begun): TaskEither<ReprocessError, Begun> =>
        begun === undefined ? this.begin(request) : TE.right(begun),
      ),
      TE.flatMap((begun) => this.carryOut(request, begun)),
    );
  }

  /** What `handle` would do; asks the consumer, and changes nothing. */
  rehearse({
    consumer,
    selection,
  }: Pick<ReprocessRequest, 'consumer' | 'selection'>): ReturnType<ParkedDesk['rehearse']> {
    return this.dependencies.desk.rehearse(consumer, selection);
  }

  /** Looks the key up before the consumer is asked for anything: what was done is answered whatever became of that one. */
  private begunBefore(key: IdempotencyKey | undefined): TaskEither<ReprocessError, Begun | undefined> {
    const { unitOfWork, idempotencyKeys } = this.dependencies;
    if (key === undefined) return TE.right(undefined);
    return pipe(
      unitOfWork.run({ action: 'look for a re-processing', rerunAfterUnknownCommit: true }, (tx) =>
        pipe(
          idempotencyKeys.claim(tx, key),
          // A Left rolls back, so the key is left to `intend`.
          TE.flatMap((claim) =>
            claim._tag === 'Replay' ? TE.right(readNote(claim.answer)) : TE.left({ _tag: 'NotBegun' as const }),
          ),
        ),
      ),
      TE.map((note): Begun | undefined => ({ ...note, replayed: true })),
      TE.orElse((error) => (error._tag === 'NotBegun' ? TE.right(undefined) : TE.left(error))),
    );
  }

  private begin(request: ReprocessRequest): TaskEither<ReprocessError, Begun> {
    const { consumer, selection } = request;
    return pipe(
      TE.fromEither(this.dependencies.desk.mayReprocess(consumer)),
      TE.flatMap((): TaskEither<ReprocessError, Pick<Reprocessed, 'done' | 'more'>> =>
        'orderIds' in selection
          ? TE.right({ done: [...new Set(selection.orderIds)].sort(), more: false })
          : this.rehearse(request),
      ),
      TE.flatMap(({ done: orderIds, more }) => this.intend(request, orderIds, more)),
    );
  }

  private intend(
    { consumer, actor, reason, key }: ReprocessRequest,
    orderIds: readonly string[],
    more: boolean,
  ): TaskEither<ReprocessError, Begun> {
    const { unitOfWork, idempotencyKeys, acts, ids } = this.dependencies;
    const note: ReprocessNote = { requestId: ids.next(), more };
    const once = key === undefined ? undefined : { key, answer: () => writeNote(note) };
    const intended = { requestId: note.requestId, actor, consumer, orderIds, reason };
    return pipe(
      unitOfWork.run({ action: 'note a re-processing', rerunAfterUnknownCommit: true }, (tx) =>
        actOnce(idempotencyKeys, tx, once, acts.intend(tx, intended)),
      ),
      TE.map((acted) => {
        const begun = acted._tag === 'Replayed' ? readNote(acted.answer) : note;
        // A unit that is rerun after a COMMIT without an answer finds its own key.
        return { ...begun, replayed: begun.requestId !== note.requestId };
      }),
    );
  }

  /** Asks for what is not settled yet. */
  private carryOut({ consumer, key }: ReprocessRequest, begun: Begun): TaskEither<ReprocessError, ReprocessOutcome> {
    const { requestId, more, replayed } = begun;
    return pipe(
      this.standing(requestId),
      TE.flatMap((before): TaskEither<ReprocessError, ReprocessOutcome> => {
        const open = before.filter((act) => !isFinal(act));
        const outcome = (acts: readonly SettledAct[]): ReprocessOutcome => ({
          done: ordersWith(acts, 'released'),
          notParked: ordersWith(acts, 'not-parked'),
          more,
          replayed: replayed && open.length === 0,
        });
        if (open.length === 0) return TE.right(outcome(before));
        if (key !== undefined && replayed && open.some(({ openForMs = AT_WORK_MS }) => openForMs < AT_WORK_MS))
          return TE.left({ _tag: 'IdempotencyKeyBusy', key: key.key, retryAfterSeconds: RETRY_AFTER_SECONDS });
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
    open: readonly StandingAct[],
    again: boolean,
  ): TaskEither<ReprocessError, void> {
    const orderIds = open.map(({ orderId }) => orderId);
    const unknownBefore = again ? ordersWith(open, 'unknown') : [];
    const all = (ids: readonly string[], outcome: ActOutcome, detail: string | null): readonly SettledAct[] =>
      ids.map((orderId) => ({ orderId, outcome, detail }));
    return async () => {
      const answer = await this.dependencies.desk.reprocess(consumer, orderIds)();
      if (E.isRight(answer)) {
        const { done, notParked } = answer.right;
        const settled = [...all(done, 'released', null), ...all(notParked, 'not-parked', again ? ASKED_AGAIN : null)];
        return this.settle(requestId, settled)();
      }
      const error = unknownBefore.length > 0 ? stillUnknown(consumer, answer.left) : answer.left;
      const detail = 'reason' in error ? error.reason : null;
      const outcome = answer.left._tag === 'ConsumerOutcomeUnknown' ? 'unknown' : 'not-done';
      const others = orderIds.filter((orderId) => !unknownBefore.includes(orderId));
      // When this cannot be written, the audit still has the act, and says that its outcome is not known.
      await this.settle(requestId, [...all(unknownBefore, 'unknown', detail), ...all(others, outcome, detail)])();
      return E.left(error);
    };
  }

  private standing(requestId: string): TaskEither<UnitOfWorkError, readonly StandingAct[]> {
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
