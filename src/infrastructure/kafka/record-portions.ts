import type { Batch, KafkaMessage } from 'kafkajs';
import type { ConsumedRecord } from '../../application/ports/consumed-record.ts';
import type { ReadRecord } from './kafka-consumer-record.ts';

/** Records handed over together, at most; their values together, unless the first alone is larger. */
export const MOST_RECORDS = 200;
export const MOST_BYTES = 1_048_576;

/** Hands out the records of one fetched batch in their order, portion by portion; each is decoded once. */
export class RecordPortions {
  private readonly decoded: ConsumedRecord[] = [];
  /** Index of the first record that is not done. */
  private first = 0;

  constructor(
    private readonly readRecord: ReadRecord,
    private readonly batch: Pick<Batch, 'topic' | 'partition' | 'messages'>,
  ) {}

  /** The records after those that are done; undefined when none is left. */
  next(): readonly ConsumedRecord[] | undefined {
    const { messages } = this.batch;
    let end = this.first;
    let bytes = 0;
    for (const message of messages.slice(this.first, this.first + MOST_RECORDS)) {
      bytes += message.value?.length ?? 0;
      if (end > this.first && bytes > MOST_BYTES) break;
      if (this.decoded.length === end) this.decoded.push(this.read(message));
      end += 1;
    }
    return end === this.first ? undefined : this.decoded.slice(this.first, end);
  }

  /** `count` more leading records, at least one, are done. Answers the offset of the last of them. */
  taken(count: number): number {
    const last = this.batch.messages[this.first + count - 1];
    if (count < 1 || last === undefined) throw new RangeError(`${count} records cannot have been taken`);
    this.first += count;
    return Number(last.offset);
  }

  private read(message: KafkaMessage): ConsumedRecord {
    const { topic, partition } = this.batch;
    return this.readRecord({ topic, partition, offset: Number(message.offset) }, message);
  }
}
