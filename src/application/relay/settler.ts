import { isRight } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../ports/clock.ts';
import type { Published } from '../ports/publisher.ts';
import type { Random } from '../ports/random.ts';
import type { RelayObserver } from '../ports/relay-observer.ts';
import type { OutboxRecord, RelayOutbox, SettleError } from '../ports/relay-outbox.ts';
import type { Batch } from './batches.ts';
import type { HeldLease } from './held-lease.ts';
import { afterFailure, backoffMs } from './relay-policy.ts';
import type { RelaySettings } from './relay-settings.ts';
import { outageBackoff } from './relay-settings.ts';

export interface SettlerParts {
  readonly outbox: RelayOutbox;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: RelayObserver;
  readonly settings: RelaySettings;
}

/**
 * Writes what became of a publish. The writes are idempotent and fenced by the lease, so each is repeated until
 * the database has it, or the lease is lost: then the next holder publishes the records again.
 */
export class Settler {
  constructor(
    private readonly lane: number,
    private readonly held: HeldLease,
    private readonly parts: SettlerParts,
  ) {}

  /** False when the lease was lost. */
  async acknowledge(batch: Batch, { baseOffset }: Published): Promise<boolean> {
    const { outbox, observer } = this.parts;
    const acknowledged = batch.map((record, index) => ({ record, offset: baseOffset + index }));
    const settled = await this.untilDone('settle published events', () =>
      outbox.acknowledge(this.held.lease, this.lane, acknowledged),
    );
    if (settled) observer.published(this.lane, batch);
    return settled;
  }

  /** Spends one attempt of the record. False when the lease was lost. */
  async recordFailure(record: OutboxRecord, error: string): Promise<boolean> {
    const { outbox, observer, random, settings } = this.parts;
    const then = afterFailure(record.attempts, settings.retry, random.next());
    const settled = await this.untilDone('record a failed attempt', () =>
      outbox.recordFailure(this.held.lease, { record, error }, then),
    );
    if (settled && then._tag === 'Quarantine') observer.quarantined(record, error);
    if (settled && then._tag === 'RetryAfter') observer.attemptFailed(record, error, then.delayMs);
    return settled;
  }

  private async untilDone(activity: string, write: () => TaskEither<SettleError, void>): Promise<boolean> {
    const { clock, random, observer, settings } = this.parts;
    for (let failures = 1; !this.held.lost; failures += 1) {
      try {
        const outcome = await write()();
        if (isRight(outcome)) return true;
        if (outcome.left._tag === 'LeaseLost') this.held.lose();
        else observer.failed(activity, outcome.left);
      } catch (cause) {
        observer.failed(activity, cause);
      }
      await clock.sleep(backoffMs(failures, outageBackoff(settings), random.next()), this.held.signal);
    }
    return false;
  }
}
