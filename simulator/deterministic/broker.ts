import type { Clock } from '../../src/application/ports/clock.ts';
import type { PublishFailure } from '../../src/application/ports/publisher.ts';
import type { OutboxRecord } from '../../src/application/ports/relay-outbox.ts';
import { InMemoryPublisher } from '../../src/infrastructure/in-memory/in-memory-publisher.ts';
import type { Fate } from '../../src/infrastructure/in-memory/in-memory-publisher.ts';
import type { Seeded } from '../workload/seeded.ts';

export const PUBLISH_TIMEOUT_MS = 5_000;

/** What the next requests of a lane meet, `left` of them at most and until then at the latest. */
interface Trouble {
  left: number;
  readonly until: number;
  readonly fate: Fate;
}

/** What a request really met. Whoever sent it may have been told late, or may not have lived to hear of it. */
export interface BrokerAnswer {
  /** When the request was sent, wall clock. */
  readonly at: number;
  readonly lane: number;
  readonly records: readonly OutboxRecord[];
  /** No answer at all is an outage, also when the records are stored. */
  readonly kind: 'stored' | PublishFailure['kind'];
}

const STORED: Fate = { _tag: 'Stored' };
const DOWN: Fate = { _tag: 'Refused', kind: 'outage', reason: 'connection refused' };
const REJECTED: Fate = { _tag: 'Refused', kind: 'event', reason: 'INVALID_RECORD' };

const kindOf = (fate: Fate): BrokerAnswer['kind'] => {
  switch (fate._tag) {
    case 'Stored':
      return 'stored';
    case 'Refused':
      return fate.kind;
    case 'AnswerLost':
    case 'StoredLate':
      return 'outage';
  }
};

/** The stand-in of a skipped event has other bytes. */
export const EVENT_SKIPPED = 'EventSkipped';

export const orderEvent = (orderKey: string, sequence: number): string => `${orderKey}#${sequence}`;

/** The topic, with lanes that fail and events that it refuses. */
export class Broker {
  readonly topic: InMemoryPublisher;
  /** By time. */
  readonly answers: BrokerAnswer[] = [];
  private readonly troubles = new Map<number, Trouble[]>();
  /** How often each event is still to be refused when it comes alone. */
  private readonly poison = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    random: Seeded,
    private readonly lanes: number,
  ) {
    this.topic = new InMemoryPublisher({
      clock,
      timeoutMs: PUBLISH_TIMEOUT_MS,
      latencyMs: () => (random.chance(0.03) ? random.int(50, 2_000) : 2 + random.unit()),
      fate: (lane, records) => {
        const fate = this.fateOf(lane, records);
        this.answers.push({ at: clock.now(), lane, records, kind: kindOf(fate) });
        return fate;
      },
    });
  }

  down(lane: number | null, forMs: number): void {
    for (let one = 0; one < this.lanes; one += 1)
      if (lane === null || lane === one) this.trouble(one, Number.POSITIVE_INFINITY, forMs, DOWN);
  }

  trouble(lane: number, requests: number, forMs: number, fate: Fate): void {
    const known = this.troubles.get(lane) ?? [];
    this.troubles.set(lane, [...known, { left: requests, until: this.clock.monotonic() + forMs, fate }]);
  }

  refuse(event: string, times: number): void {
    this.poison.set(event, times);
  }

  /** The event is no poison any more. */
  mend(event: string): void {
    this.poison.delete(event);
  }

  private fateOf(lane: number, records: readonly OutboxRecord[]): Fate {
    const now = this.clock.monotonic();
    const trouble = (this.troubles.get(lane) ?? []).find(({ left, until }) => left > 0 && now < until);
    if (trouble !== undefined) {
      trouble.left -= 1;
      return trouble.fate;
    }
    return this.isRefused(records) ? REJECTED : STORED;
  }

  private isRefused(records: readonly OutboxRecord[]): boolean {
    const bad = records
      .filter(({ type }) => type !== EVENT_SKIPPED)
      .map(({ orderKey, sequence }) => orderEvent(orderKey, sequence))
      .find((event) => this.poison.has(event));
    if (bad === undefined) return false;
    const left = this.poison.get(bad) ?? 0;
    if (records.length === 1) {
      if (left <= 1) this.poison.delete(bad);
      else this.poison.set(bad, left - 1);
    }
    return true;
  }
}
