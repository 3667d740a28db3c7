import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Published, Publisher, PublishFailure } from '../../application/ports/publisher.ts';
import type { OutboxRecord } from '../../application/ports/relay-outbox.ts';
import { encodeEnvelope } from '../../interfaces/contract/envelope.ts';
import { AcknowledgementError, OffsetsWentBack, acknowledgedOffset } from './acknowledged-offset.ts';
import { innermostCause } from './innermost-cause.ts';
import { MAX_MESSAGE_BYTES } from './publishing-client.ts';
import type { PartitionProducer, PublishingClient, PublishingOptions } from './publishing-client.ts';
import { sizeOfEncoded } from './record-size.ts';
import type { EncodedRecord } from './record-size.ts';
import { withDeadline } from './with-deadline.ts';

export interface KafkaPublisherOptions extends Pick<
  PublishingOptions,
  'topic' | 'requestTimeoutMs' | 'produceTimeoutMs'
> {
  /** `ce_source` of its records; that of the order events without it. */
  readonly source?: string;
}

interface Lane {
  producer: PartitionProducer | undefined;
  inFlight: boolean;
  /** Last acknowledged offset, -1 before the first. */
  lastOffset: number;
  /** Set for good once the partition's offsets went back. */
  refusal: OffsetsWentBack | undefined;
}

class PublishTimeout extends Error {
  override readonly name = 'PublishTimeout';
}

class RecordNotEncodable extends Error {
  override readonly name = 'RecordNotEncodable';
}

/** Kafka's own default of `max.message.bytes`, until the topic's is read. */
const DEFAULT_MAX_MESSAGE_BYTES = 1_048_588;

const encode = (record: OutboxRecord, source: string | undefined): EncodedRecord =>
  encodeEnvelope(
    {
      eventId: record.eventId,
      type: record.type,
      version: record.version,
      orderId: record.orderKey,
      sequence: record.sequence,
      occurredAt: record.occurredAt,
      payload: record.payload,
      headers: record.headers,
    },
    source,
  );

const outage = (cause: unknown, reason: string): PublishFailure => ({
  _tag: 'PublishFailure',
  kind: 'outage',
  reason,
  cause,
});

/**
 * Publishes to Kafka, one partition in each request and one request in flight for each partition, with a
 * connection of its own for each partition, so that a broken one stops no other. A success means: the broker
 * answered for exactly this partition, without an error, at an offset above all it acknowledged before.
 *
 * After a time-out, or any failure that is not the broker's own answer, the connection is cut and what was not
 * yet delivered on it is dropped. What the broker had received already may still be stored later; that only
 * repeats records the relay sends again, in order, before anything newer.
 */
export class KafkaPublisher implements Publisher {
  private readonly lanes = new Map<number, Lane>();
  /** What is measured first and sent later is encoded once. */
  private readonly encodings = new WeakMap<OutboxRecord, EncodedRecord>();
  private maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES;

  constructor(
    private readonly options: KafkaPublisherOptions,
    private readonly client: PublishingClient,
  ) {
    if (options.produceTimeoutMs >= options.requestTimeoutMs)
      throw new RangeError('the produce time-out must be shorter than the request time-out');
  }

  publish(lane: number, records: readonly OutboxRecord[]): TaskEither<PublishFailure, Published> {
    return TE.tryCatch(() => this.send(lane, records), this.failureOf);
  }

  sizeOf(record: OutboxRecord): number {
    return sizeOfEncoded(this.encoded(record));
  }

  maxBatchBytes(): number {
    return Math.floor(this.maxMessageBytes / 2);
  }

  refreshLimits(): TaskEither<PublishFailure, void> {
    return TE.tryCatch(async () => {
      this.maxMessageBytes = await this.readMaxMessageBytes();
    }, this.failureOf);
  }

  /** Closes the connections; call it when nothing is in flight any more. */
  async close(): Promise<void> {
    const producers = [...this.lanes.values()].flatMap((lane) => lane.producer ?? []);
    this.lanes.clear();
    await Promise.allSettled(producers.map((producer) => this.closeInTime(producer)));
  }

  private async closeInTime(producer: PartitionProducer): Promise<void> {
    await withDeadline(producer.close(), this.options.requestTimeoutMs, () => {
      const cause = new PublishTimeout('the connection did not close in time');
      producer.sever(cause);
      return cause;
    });
  }

  private async send(laneNumber: number, records: readonly OutboxRecord[]): Promise<Published> {
    const lane = this.laneOf(laneNumber);
    if (lane.refusal !== undefined) throw lane.refusal;
    if (lane.inFlight) throw new Error(`a request is in flight for partition ${laneNumber} already`);
    lane.inFlight = true;
    try {
      return await this.sendAlone(laneNumber, lane, records.map(this.message));
    } finally {
      lane.inFlight = false;
    }
  }

  private async sendAlone(partition: number, lane: Lane, encoded: readonly EncodedRecord[]): Promise<Published> {
    const { topic, requestTimeoutMs } = this.options;
    const producer = (lane.producer ??= this.client.producerFor(partition));
    try {
      const answers = await withDeadline(
        producer.send(encoded),
        requestTimeoutMs,
        () => new PublishTimeout(`no answer for partition ${partition} within ${requestTimeoutMs} ms`),
      );
      const baseOffset = acknowledgedOffset(answers, topic, partition, lane.lastOffset);
      lane.lastOffset = baseOffset + encoded.length - 1;
      return { baseOffset };
    } catch (error) {
      if (error instanceof OffsetsWentBack) lane.refusal = error;
      if (!this.client.isBrokerAnswer(error)) this.cut(lane, producer, error);
      throw error;
    }
  }

  private encoded(record: OutboxRecord): EncodedRecord {
    const known = this.encodings.get(record);
    if (known !== undefined) return known;
    const encoded = encode(record, this.options.source);
    this.encodings.set(record, encoded);
    return encoded;
  }

  private readonly message = (record: OutboxRecord): EncodedRecord => {
    try {
      return this.encoded(record);
    } catch (cause) {
      throw new RecordNotEncodable(`event ${record.eventId}`, { cause });
    }
  };

  private cut(lane: Lane, producer: PartitionProducer, error: unknown): void {
    const inner = innermostCause(error);
    producer.sever(inner instanceof Error ? inner : new Error('connection cut', { cause: inner }));
    lane.producer = undefined;
  }

  private laneOf(number: number): Lane {
    const known = this.lanes.get(number);
    if (known !== undefined) return known;
    const lane: Lane = { producer: undefined, inFlight: false, lastOffset: -1, refusal: undefined };
    this.lanes.set(number, lane);
    return lane;
  }

  private async readMaxMessageBytes(): Promise<number> {
    const { requestTimeoutMs } = this.options;
    const reader = this.client.limitsReader();
    try {
      const told = await withDeadline(
        reader.maxMessageBytes(),
        requestTimeoutMs,
        () => new PublishTimeout(`the topic's limits could not be read within ${requestTimeoutMs} ms`),
      );
      const bytes = Number(told ?? Number.NaN);
      if (!Number.isSafeInteger(bytes)) throw new Error(`the broker names no ${MAX_MESSAGE_BYTES}`);
      return bytes;
    } catch (error) {
      reader.sever(new Error('the topic limits could not be read', { cause: error }));
      throw error;
    }
  }

  private readonly failureOf = (error: unknown): PublishFailure => {
    if (error instanceof RecordNotEncodable)
      return { _tag: 'PublishFailure', kind: 'event', reason: 'the record cannot be encoded', cause: error.cause };
    if (error instanceof PublishTimeout) return outage(error, 'request timed out');
    if (error instanceof AcknowledgementError || error instanceof OffsetsWentBack) return outage(error, error.message);
    return this.client.classify(error);
  };
}
