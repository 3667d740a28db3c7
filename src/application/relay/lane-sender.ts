import { isRight } from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { PublishFailure, Published, Publisher } from '../ports/publisher.ts';
import type { RelayObserver } from '../ports/relay-observer.ts';
import type { OutboxRecord } from '../ports/relay-outbox.ts';
import type { Batch } from './batches.ts';
import { halve } from './batches.ts';
import { describeFailure } from './describe-failure.ts';
import type { LaneHealth } from './lane-health.ts';
import type { Settler } from './settler.ts';

export interface LaneSenderParts {
  readonly publisher: Publisher;
  readonly observer: RelayObserver;
  readonly health: LaneHealth;
  readonly settler: Settler;
  /** False once nothing new may be sent: the lease is not sure to last, or the relay stops. */
  readonly maySend: () => boolean;
}

export type Outcome = Either<PublishFailure, Published>;

/** What is left to do in one round, and what the round has found out. */
interface Round {
  /** Last in, first out. */
  readonly work: Batch[];
  /** Orders whose head failed in this round: nothing more of them is sent in it. */
  readonly blocked: Set<string>;
  /** A record sent alone failed for an unknown reason, and nothing got through since. */
  unproven: PublishFailure | undefined;
  limitsRefreshed: boolean;
}

/**
 * Sends the batches of one lane, one request in flight. A refused batch of several records is nobody's attempt:
 * it is halved until a record is refused alone, which spends one attempt, while the others flow. An outage ends
 * the round and opens the lane's circuit.
 */
export class LaneSender {
  constructor(
    private readonly lane: number,
    private readonly parts: LaneSenderParts,
  ) {}

  /** One request; what comes of it is left to the caller. */
  publish(batch: Batch): Promise<Outcome> {
    return this.parts.publisher.publish(this.lane, batch)();
  }

  /** Each batch may rest on the ones before it being acknowledged. */
  async send(batches: readonly Batch[]): Promise<void> {
    await this.work(this.begin(batches));
  }

  /** As `send`, of one batch that was published already, with this outcome. */
  async sent(batch: Batch, outcome: Outcome): Promise<void> {
    const round = this.begin([]);
    if (await this.concluded(batch, outcome, round)) await this.work(round);
  }

  private begin(batches: readonly Batch[]): Round {
    return { work: batches.toReversed(), blocked: new Set(), unproven: undefined, limitsRefreshed: false };
  }

  private async work(round: Round): Promise<void> {
    for (let next = round.work.pop(); next !== undefined; next = round.work.pop()) {
      const batch = next.filter(({ orderKey }) => !round.blocked.has(orderKey));
      if (batch.length === 0) continue;
      if (!this.parts.maySend()) return;
      const goOn = await this.concluded(batch, await this.publish(batch), round);
      if (!goOn) return;
    }
    if (round.unproven !== undefined) this.parts.health.outage(round.unproven);
  }

  private async concluded(batch: Batch, outcome: Outcome, round: Round): Promise<boolean> {
    const { health, settler } = this.parts;
    if (!isRight(outcome)) return this.failed(batch, outcome.left, round);
    round.unproven = undefined;
    const confirmed = health.succeeded(batch);
    if (!(await settler.acknowledge(batch, outcome.right))) return false;
    for (const { record, error } of confirmed) {
      round.blocked.add(record.orderKey);
      if (!(await settler.recordFailure(record, error))) return false;
    }
    return true;
  }

  private async failed(batch: Batch, failure: PublishFailure, round: Round): Promise<boolean> {
    switch (failure.kind) {
      case 'event':
        await this.refreshLimits(round);
        return this.refused(batch, failure, round);
      case 'unknown':
        return this.doubtful(batch, failure, round);
      case 'outage':
        return this.outage(batch, failure);
    }
  }

  private async refused(batch: Batch, failure: PublishFailure, round: Round): Promise<boolean> {
    const alone = this.aloneOrHalve(batch, round);
    if (alone === undefined) return true;
    round.blocked.add(alone.orderKey);
    this.parts.health.cleared(alone.orderKey);
    return this.parts.settler.recordFailure(alone, describeFailure(failure));
  }

  /** A second failure without a success in between speaks for an outage. */
  private doubtful(batch: Batch, failure: PublishFailure, round: Round): boolean {
    if (round.unproven !== undefined) return this.outage(batch, failure);
    const alone = this.aloneOrHalve(batch, round);
    if (alone === undefined) return true;
    round.blocked.add(alone.orderKey);
    round.unproven = failure;
    this.parts.health.failedAlone(alone, failure);
    return true;
  }

  private outage(batch: Batch, failure: PublishFailure): boolean {
    const [alone, ...others] = batch;
    if (alone !== undefined && others.length === 0) this.parts.health.failedAlone(alone, failure);
    this.parts.health.outage(failure);
    return false;
  }

  private aloneOrHalve(batch: Batch, round: Round): OutboxRecord | undefined {
    const halves = halve(batch);
    if (halves === undefined) return batch[0];
    round.work.push(halves[1], halves[0]);
    return undefined;
  }

  private async refreshLimits(round: Round): Promise<void> {
    if (round.limitsRefreshed) return;
    round.limitsRefreshed = true;
    const outcome = await this.parts.publisher.refreshLimits()();
    if (!isRight(outcome)) this.parts.observer.failed("read the topic's limits", outcome.left);
  }
}
