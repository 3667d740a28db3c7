import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Lease, LeaseLost } from '../../application/ports/relay-lease.ts';
import type {
  Acknowledgement,
  AfterFailure,
  ClaimLimit,
  Claimed,
  FailedAttempt,
  RelayOutbox,
  SettleError,
} from '../../application/ports/relay-outbox.ts';
import { storageUnavailable } from '../../application/ports/storage-error.ts';
import type { StorageUnavailable } from '../../application/ports/storage-error.ts';
import type { UnitOfWork } from '../../application/ports/unit-of-work.ts';
import { fencedUnit } from './fenced-unit.ts';
import type { MySqlPool } from './mysql-pool.ts';
import { Gathered } from './gathered.ts';
import { markHeld, readClaim, readFreshClaims } from './outbox-claim.ts';
import type { Claim, LaneClaim, RowBehind } from './outbox-claim.ts';
import { LANES } from './outbox-lanes.ts';
import { acknowledgeAtOnce, acknowledgeRecords, recordFailedAttempt } from './outbox-settle.ts';
import type { LaneAcknowledgement } from './outbox-settle.ts';
import { WholeNumber, decodeRows } from './rows.ts';
import { storageAttempt } from './storage-attempt.ts';

const LANES_WITH_WORK = `
SELECT lane FROM ${LANES}
WHERE EXISTS (SELECT 1 FROM outbox
    WHERE kafka_partition = lane AND status = 'PENDING' AND held_by IS NULL AND next_attempt_at IS NULL)
  OR EXISTS (SELECT 1 FROM outbox
    WHERE kafka_partition = lane AND status = 'PENDING' AND held_by IS NULL AND next_attempt_at <= NOW(6))
ORDER BY lane`;

const LaneRow = t.strict({ lane: WholeNumber });

/** A claim that meets only rows behind blocks marks them and looks again, at most so often. */
const CLAIM_ROUNDS = 10;
/** Lanes that share a statement, at most. */
const LANES_TOGETHER = 16;
/** Settlements of more records than this have a statement of their own: what waits for them would wait longer than it saves. */
const FEW_RECORDS = 64;

/**
 * The relay's view of table `outbox`. One lane is claimed and settled by one caller, one call after the other, but that
 * it may be claimed while plain records are settled; different lanes may run at once. Operators may redrive meanwhile.
 *
 * Fresh claims of several lanes, and small settlements, that are asked for while another is under way share the next
 * statement: under a steady load of single events they are what the relay mostly costs.
 */
export class MySqlRelayOutbox implements RelayOutbox {
  readonly #pool: MySqlPool;
  readonly #unitOfWork: UnitOfWork;
  readonly #freshClaims = new Gathered(LANES_TOGETHER, async (claims: readonly LaneClaim[]) => {
    const found = await this.#pool.use((connection) => readFreshClaims(connection, claims));
    return ({ lane }: LaneClaim) => found.get(lane);
  });
  readonly #settlements = new Gathered(LANES_TOGETHER, async (lanes: readonly LaneAcknowledgement[]) => {
    const done = await this.#pool.use((connection) => acknowledgeAtOnce(connection, lanes));
    return () => done;
  });

  constructor(pool: MySqlPool, unitOfWork: UnitOfWork) {
    this.#pool = pool;
    this.#unitOfWork = unitOfWork;
  }

  lanesWithWork(): TaskEither<StorageUnavailable, readonly number[]> {
    return storageAttempt('find lanes with work', async () => {
      const rows = await this.#pool.use((connection) => connection.rows(LANES_WITH_WORK));
      return decodeRows(LaneRow, rows).map(({ lane }) => lane);
    });
  }

  claim(lease: Lease, lane: number, limit: ClaimLimit): TaskEither<StorageUnavailable | LeaseLost, Claimed> {
    const round = (left: number): TaskEither<StorageUnavailable | LeaseLost, Claimed> =>
      pipe(
        this.#round({ lease, lane, limit }),
        TE.tap(({ behind }) => (behind.length === 0 ? TE.right(undefined) : this.#hold(lease, behind))),
        TE.flatMap(({ records, more, behind }) =>
          records.length > 0 || behind.length === 0 || left === 0 ? TE.right({ records, more }) : round(left - 1),
        ),
      );
    return round(CLAIM_ROUNDS - 1);
  }

  acknowledge(lease: Lease, lane: number, acknowledged: readonly Acknowledgement[]): TaskEither<SettleError, void> {
    if (acknowledged.length === 0) return TE.right(undefined);
    const action = 'acknowledge events';
    const stepByStep = fencedUnit(this.#unitOfWork, action, lease, (connection) =>
      acknowledgeRecords(connection, lane, acknowledged),
    );
    if (acknowledged.some(({ record }) => record.blocking)) return stepByStep;
    const settlement = { lease, lane, acknowledged };
    return pipe(
      storageAttempt(action, () =>
        acknowledged.length <= FEW_RECORDS
          ? this.#settlements.ask(settlement)
          : this.#pool.use((connection) => acknowledgeAtOnce(connection, [settlement])),
      ),
      TE.flatMap((done): TaskEither<SettleError, void> => (done ? TE.right(undefined) : stepByStep)),
    );
  }

  recordFailure(lease: Lease, failure: FailedAttempt, then: AfterFailure): TaskEither<SettleError, void> {
    return fencedUnit(this.#unitOfWork, 'record failed attempt', lease, (connection) =>
      recordFailedAttempt(connection, failure, then),
    );
  }

  #round(claim: LaneClaim): TaskEither<StorageUnavailable | LeaseLost, Claim> {
    return pipe(
      storageAttempt('claim events', () =>
        claim.limit.fresh === true
          ? this.#freshClaims.ask(claim)
          : this.#pool.use((connection) => readClaim(connection, claim)),
      ),
      TE.flatMapEither((found): Either<StorageUnavailable | LeaseLost, Claim> =>
        found === undefined ? E.left({ _tag: 'LeaseLost', lease: claim.lease }) : E.right(found),
      ),
    );
  }

  /** An unknown COMMIT does no harm here: rows that are not marked are met again by the next claim. */
  #hold(lease: Lease, behind: readonly RowBehind[]): TaskEither<StorageUnavailable | LeaseLost, void> {
    const action = 'hold events';
    return pipe(
      fencedUnit(this.#unitOfWork, action, lease, (connection) => markHeld(connection, behind)),
      TE.mapLeft((error) => (error._tag === 'CommitOutcomeUnknown' ? storageUnavailable(action, error.cause) : error)),
    );
  }
}
