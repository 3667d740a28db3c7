import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../application/ports/clock.ts';
import type { Published, Publisher, PublishFailure } from '../../application/ports/publisher.ts';
import type { OutboxRecord } from '../../application/ports/relay-outbox.ts';

/** What becomes of one request. */
export type Fate =
  | { readonly _tag: 'Stored' }
  /** Nothing is stored. */
  | { readonly _tag: 'Refused'; readonly kind: PublishFailure['kind']; readonly reason: string }
  /** Stored, but the answer never comes. */
  | { readonly _tag: 'AnswerLost' }
  /** Given up by the client, yet stored after a further `afterMs`, as from a connection that was frozen. */
  | { readonly _tag: 'StoredLate'; readonly afterMs: number };

export interface InMemoryPublisherOptions {
  readonly clock: Clock;
  /** There and back again, each half of it, milliseconds; asked for each request. */
  readonly latencyMs?: () => number;
  /** Until the client gives up on an answer, milliseconds. */
  readonly timeoutMs?: number;
  /** The topic's `max.message.bytes`. */
  readonly maxMessageBytes?: number;
  /** Decides each request that is not too large. Without it everything is stored. */
  readonly fate?: (lane: number, records: readonly OutboxRecord[]) => Fate;
}

/** A record and the broker's time at which it was appended. */
export interface LogEntry {
  readonly record: OutboxRecord;
  readonly appendedAt: number;
}

const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

/** Key, headers and framing of a record. */
const RECORD_OVERHEAD_BYTES = 70;

const STORED: Fate = { _tag: 'Stored' };

/** A model of a topic: one log for each lane, whole batches or nothing, with faults as scripted. */
export class InMemoryPublisher implements Publisher {
  private readonly logs = new Map<number, LogEntry[]>();
  private readonly inFlight = new Set<number>();
  /** Requests so far, refused ones included. */
  requests = 0;
  /** Requests that were sent while another one of their lane was in flight. None may ever be. */
  overlaps = 0;
  /** The topic's own limit; clients know it as they last read it. */
  maxMessageBytes: number;
  private knownMaxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;

  constructor(private readonly options: InMemoryPublisherOptions) {
    this.maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
  }

  /** What the lane's partition holds, by offset. */
  entries(lane: number): readonly LogEntry[] {
    return this.logs.get(lane) ?? [];
  }

  log(lane: number): readonly OutboxRecord[] {
    return this.entries(lane).map(({ record }) => record);
  }

  publish(lane: number, records: readonly OutboxRecord[]): TaskEither<PublishFailure, Published> {
    return async () => {
      this.requests += 1;
      if (this.inFlight.has(lane)) this.overlaps += 1;
      this.inFlight.add(lane);
      try {
        return await this.answer(lane, records, this.fateOf(lane, records));
      } finally {
        this.inFlight.delete(lane);
      }
    };
  }

  sizeOf(record: OutboxRecord): number {
    return Buffer.byteLength(record.payload) + RECORD_OVERHEAD_BYTES;
  }

  maxBatchBytes(): number {
    return Math.floor(this.knownMaxMessageBytes / 2);
  }

  refreshLimits(): TaskEither<PublishFailure, void> {
    return () => {
      this.knownMaxMessageBytes = this.maxMessageBytes;
      return Promise.resolve(E.right(undefined));
    };
  }

  private fateOf(lane: number, records: readonly OutboxRecord[]): Fate {
    const bytes = records.reduce((sum, record) => sum + this.sizeOf(record), 0);
    if (bytes > this.maxMessageBytes) return { _tag: 'Refused', kind: 'event', reason: 'MESSAGE_TOO_LARGE' };
    return this.options.fate?.(lane, records) ?? STORED;
  }

  private async answer(
    lane: number,
    records: readonly OutboxRecord[],
    fate: Fate,
  ): Promise<E.Either<PublishFailure, Published>> {
    const { clock, latencyMs = () => 1, timeoutMs = 5_000 } = this.options;
    const there = latencyMs() / 2;
    const failure = (kind: PublishFailure['kind'], reason: string): E.Either<PublishFailure, Published> =>
      E.left({ _tag: 'PublishFailure', kind, reason, cause: new Error(reason) });
    switch (fate._tag) {
      case 'Stored': {
        await clock.sleep(there);
        const baseOffset = this.store(lane, records);
        await clock.sleep(there);
        return E.right({ baseOffset });
      }
      case 'Refused':
        await clock.sleep(2 * there);
        return failure(fate.kind, fate.reason);
      case 'AnswerLost':
        await clock.sleep(there);
        this.store(lane, records);
        await clock.sleep(timeoutMs - there);
        return failure('outage', 'request timed out');
      case 'StoredLate':
        await clock.sleep(timeoutMs);
        void clock.sleep(fate.afterMs).then(() => this.store(lane, records));
        return failure('outage', 'request timed out');
    }
  }

  private store(lane: number, records: readonly OutboxRecord[]): number {
    const log = this.logs.get(lane) ?? [];
    this.logs.set(lane, log);
    const baseOffset = log.length;
    const appendedAt = this.options.clock.now();
    log.push(...records.map((record) => ({ record, appendedAt })));
    return baseOffset;
  }
}
