import { isRight } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { laneOf } from '../../../src/application/relay/lanes.ts';
import { Relay } from '../../../src/application/relay/relay.ts';
import type { RelayParts } from '../../../src/application/relay/relay.ts';
import type { RelaySettings } from '../../../src/application/relay/relay-settings.ts';
import type { RelayObserver } from '../../../src/application/ports/relay-observer.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import { InMemoryDatabase } from '../../../src/infrastructure/in-memory/in-memory-database.ts';
import type { OutboxRow } from '../../../src/infrastructure/in-memory/in-memory-database.ts';
import { InMemoryOutbox } from '../../../src/infrastructure/in-memory/in-memory-outbox.ts';
import { InMemoryPublisher } from '../../../src/infrastructure/in-memory/in-memory-publisher.ts';
import type { InMemoryPublisherOptions } from '../../../src/infrastructure/in-memory/in-memory-publisher.ts';
import { InMemoryRelayLeases } from '../../../src/infrastructure/in-memory/in-memory-relay-leases.ts';
import { InMemoryRelayOutbox } from '../../../src/infrastructure/in-memory/in-memory-relay-outbox.ts';
import { InMemoryUnitOfWork } from '../../../src/infrastructure/in-memory/in-memory-unit-of-work.ts';
import { VirtualClock } from '../../../src/infrastructure/in-memory/virtual-clock.ts';

export const SETTINGS: RelaySettings = {
  owner: 'relay-1',
  lanes: 1,
  leaseMs: 10_000,
  publishTimeoutMs: 5_000,
  pollMinMs: 25,
  pollMaxMs: 500,
  batchRecords: 500,
  retry: { baseMs: 250, capMs: 30_000 },
};

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Numbers in [0, 1) that look random and are the same in every run (mulberry32). */
export const seededRandom = (seed: number): { next(): number } => {
  let state = seed >>> 0;
  return {
    next: () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
};

/** What a relay told its observer, as short lines. */
export class Recorder implements RelayObserver {
  readonly lines: string[] = [];
  shareChanged(relays: number, share: number): void {
    this.lines.push(`${share} lanes of ${relays} relays`);
  }
  laneTaken(lane: number, epoch: number): void {
    this.lines.push(`lane ${lane} taken, epoch ${epoch}`);
  }
  laneGivenBack(lane: number): void {
    this.lines.push(`lane ${lane} given back`);
  }
  laneLost(lane: number): void {
    this.lines.push(`lane ${lane} lost`);
  }
  published(lane: number, records: readonly OutboxRecord[]): void {
    this.lines.push(`published ${records.length} in lane ${lane}`);
  }
  attemptFailed(record: OutboxRecord, reason: string): void {
    this.lines.push(`attempt ${record.attempts + 1} of ${record.orderKey}#${record.sequence}: ${reason}`);
  }
  quarantined(record: OutboxRecord): void {
    this.lines.push(`quarantined ${record.orderKey}#${record.sequence}`);
  }
  circuitOpened(lane: number, reason: string): void {
    this.lines.push(`circuit ${lane} opened: ${reason}`);
  }
  circuitClosed(lane: number): void {
    this.lines.push(`circuit ${lane} closed`);
  }
  failed(activity: string, cause: unknown): void {
    this.lines.push(`failed to ${activity}: ${cause instanceof Error ? cause.message : JSON.stringify(cause)}`);
  }
  count(pattern: RegExp): number {
    return this.lines.filter((line) => pattern.test(line)).length;
  }
}

/** An order service's outbox, a relay and a topic, all in memory and on a clock that moves only when told. */
export class RelayHouse {
  readonly clock = new VirtualClock();
  readonly database = new InMemoryDatabase(this.clock);
  readonly relayOutbox = new InMemoryRelayOutbox(this.database);
  readonly leases = new InMemoryRelayLeases(this.database);
  readonly observer = new Recorder();
  readonly publisher: InMemoryPublisher;
  private readonly outbox: InMemoryOutbox;
  private readonly unitOfWork = new InMemoryUnitOfWork(this.database);
  private readonly sequences = new Map<string, number>();
  private eventCount = 0;

  constructor(
    readonly lanes = 1,
    publisher: Omit<InMemoryPublisherOptions, 'clock'> = {},
  ) {
    this.publisher = new InMemoryPublisher({ ...publisher, clock: this.clock });
    this.outbox = new InMemoryOutbox(this.database, {
      laneOf: (key) => laneOf(key, lanes),
      maxEventBytes: 10_000_000,
    });
  }

  /** What a relay of this house is made of, but for its clock. */
  get parts(): Omit<RelayParts, 'clock'> {
    return {
      outbox: this.relayOutbox,
      leases: this.leases,
      publisher: this.publisher,
      random: seededRandom(1),
      observer: this.observer,
    };
  }

  relay(settings: Partial<RelaySettings> = {}, parts: Partial<RelayParts> = {}): Relay {
    return new Relay({ ...this.parts, clock: this.clock, ...parts }, { ...SETTINGS, lanes: this.lanes, ...settings });
  }

  /** Commits the next events of an order, each in a transaction of its own. */
  async append(orderKey: string, events = 1, payload = '{}'): Promise<void> {
    for (let i = 0; i < events; i += 1) await this.appendIn(this.unitOfWork, orderKey, payload, Promise.resolve());
  }

  /** Appends the next event of an order at once, which has its row ID from then on, and commits it later. */
  appendLate(orderKey: string, commit: Promise<void>): Promise<void> {
    return this.appendIn(new InMemoryUnitOfWork(this.database, 'transactBeside'), orderKey, '{}', commit);
  }

  private async appendIn(
    unitOfWork: InMemoryUnitOfWork,
    orderKey: string,
    payload: string,
    commit: Promise<void>,
  ): Promise<void> {
    const sequence = (this.sequences.get(orderKey) ?? 0) + 1;
    this.sequences.set(orderKey, sequence);
    this.eventCount += 1;
    const event = {
      eventId: `event-${this.eventCount}`,
      orderKey,
      sequence,
      type: 'SomethingHappened',
      version: 1,
      occurredAt: '2026-01-01T00:00:00.000Z',
      payload,
      headers: {},
    };
    const outcome = await unitOfWork.run({ action: 'append', rerunAfterUnknownCommit: false }, (tx) =>
      TE.tapTask(this.outbox.append(tx, [event]), () => () => commit),
    )();
    if (!isRight(outcome)) throw new Error(JSON.stringify(outcome.left));
  }

  rows(): readonly OutboxRow[] {
    return [...this.database.committed.outbox.values()];
  }

  row(orderKey: string, sequence: number): OutboxRow {
    const found = this.rows().find((row) => row.orderKey === orderKey && row.sequence === sequence);
    if (found === undefined) throw new Error(`no row ${orderKey}#${sequence}`);
    return found;
  }

  count(status: OutboxRow['status']): number {
    return this.rows().filter((row) => row.status === status).length;
  }

  get attemptsSpent(): number {
    return [...this.database.committed.attempts.values()].length;
  }

  /** Every record on the topic, lane by lane, as `key#sequence`. */
  published(): readonly string[] {
    return Array.from({ length: this.lanes }, (_, lane) => this.publisher.log(lane)).flatMap((log) =>
      log.map(({ orderKey, sequence }) => `${orderKey}#${sequence}`),
    );
  }

  /** Sequences of one order as they first appear on the topic. */
  firstAppearances(orderKey: string): readonly number[] {
    const log = this.publisher.log(laneOf(orderKey, this.lanes));
    return [...new Set(log.filter((record) => record.orderKey === orderKey).map(({ sequence }) => sequence))];
  }

  /** Runs until every event is settled; false when that took longer than `limitMs`. */
  async settled(limitMs = MINUTE): Promise<boolean> {
    return this.clock.runUntil(() => this.count('PENDING') === 0, limitMs);
  }

  /** Stops the relay while time goes on. */
  async stop(relay: Relay, deadlineMs = 10_000): Promise<void> {
    let stopped = false;
    const stopping = relay.stop(deadlineMs).then(() => {
      stopped = true;
    });
    await this.clock.runUntil(() => stopped, 2 * deadlineMs);
    await stopping;
  }

  /** An operator's redrive: back to PENDING with attempts reset; successors stay held. */
  async redrive(orderKey: string, sequence: number): Promise<void> {
    const { id } = this.row(orderKey, sequence);
    await this.database.transact(({ outbox }) => {
      const row = outbox.get(id);
      if (row !== undefined) outbox.set(id, { ...row, status: 'PENDING', attempts: 0, nextAttemptAt: null });
      return TE.right(undefined)();
    });
  }
}

export const upTo = (last: number): readonly number[] => Array.from({ length: last }, (_, index) => index + 1);
