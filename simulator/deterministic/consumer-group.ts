import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../src/application/ports/clock.ts';
import { InMemoryCallbackOutbox } from '../../src/infrastructure/in-memory/consumer-callback-outbox.ts';
import { ConsumerDatabase, consumerTablesOf } from '../../src/infrastructure/in-memory/consumer-database.ts';
import { InMemoryInbox } from '../../src/infrastructure/in-memory/consumer-inbox.ts';
import type { Subscription } from '../../src/application/consumer/subscription.ts';

/** Which lanes a member may read, and until which generation of the group that holds. */
export interface Assignment {
  readonly generation: number;
  readonly lanes: readonly number[];
}

const SESSION_MS = 10_000;

/**
 * One consumer as its group coordinator and its database see it: members that heartbeat share the lanes, a change
 * of members is a new generation, and only the current generation commits offsets.
 */
export class ConsumerGroup {
  readonly database: ConsumerDatabase;
  readonly inbox: InMemoryInbox;
  readonly callbacks: InMemoryCallbackOutbox;
  /** Next offset to be read, by lane. */
  readonly committedOffsets = new Map<number, number>();
  private readonly seenAt = new Map<string, number>();
  private generation = 0;
  private assignments = new Map<string, readonly number[]>();
  /** How often the handler still fails. */
  private failures = { left: 0, until: Number.NEGATIVE_INFINITY };

  constructor(
    readonly name: string,
    private readonly clock: Clock,
    private readonly lanes: number,
  ) {
    this.database = new ConsumerDatabase(clock);
    this.inbox = new InMemoryInbox(this.database);
    this.callbacks = new InMemoryCallbackOutbox(this.database, name);
  }

  readonly subscription: Subscription = {
    prepare: ({ eventId, orderId, sequence }) =>
      E.right((tx) => {
        // Written before the handler may fail, so that a rollback that does not happen would be seen.
        consumerTablesOf(tx).effects.set(this.database.nextId(), { eventId, orderId, sequence });
        if (this.failures.left === 0 || this.clock.monotonic() >= this.failures.until) return TE.right([]);
        this.failures.left -= 1;
        return TE.left({ _tag: 'HandlerFailed', cause: new Error('the handler has a bad day') });
      }),
  };

  failHandler(times: number, forMs: number): void {
    this.failures = { left: times, until: this.clock.monotonic() + forMs };
  }

  /** What an operator does once the handler is mended: ends every parking, so that stored events follow. */
  async reprocess(): Promise<void> {
    for (const { orderId, parked } of [...this.database.committed.orders.values()])
      if (parked !== null)
        await this.database.run({ action: 'release an order', rerunAfterUnknownCommit: true }, (tx) =>
          this.inbox.release(tx, orderId),
        )();
  }

  /** A member says that it lives and learns what it may read. */
  heartbeat(member: string): Assignment {
    this.seenAt.set(member, this.clock.monotonic());
    this.rebalance();
    return { generation: this.generation, lanes: this.assignments.get(member) ?? [] };
  }

  /** False when the group has moved on: the offset is not taken. */
  commitOffset(lane: number, offset: number, generation: number): boolean {
    if (generation !== this.generation) return false;
    this.committedOffsets.set(lane, offset);
    return true;
  }

  private rebalance(): void {
    const now = this.clock.monotonic();
    for (const [member, seenAt] of this.seenAt) if (now - seenAt > SESSION_MS) this.seenAt.delete(member);
    const members = [...this.seenAt.keys()].sort();
    if (members.join() === [...this.assignments.keys()].join()) return;
    this.generation += 1;
    this.assignments = new Map(
      members.map((member, place) => [
        member,
        Array.from({ length: this.lanes }, (_, lane) => lane).filter((lane) => lane % members.length === place),
      ]),
    );
  }
}
