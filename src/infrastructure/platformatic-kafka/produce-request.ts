import type { Connection, produceV9 } from '@platformatic/kafka';
import type { PlatformaticKafka } from './load-platformatic-kafka.ts';

export interface OneBatch {
  readonly topic: string;
  readonly partition: number;
  /** A whole record batch. */
  readonly batch: Buffer;
  /** How long the broker may wait for its replicas, milliseconds. */
  readonly timeoutMs: number;
}

const PRODUCE = 0;
/**
 * Known to every broker since 2.8 and to those of today. From version 10 on an answer may carry fields that the client
 * cannot skip, just when the leader has moved.
 */
const VERSION = 9;
const NO_TRANSACTION = null;
const ALL_REPLICAS = -1;

export type ProduceRequest = (connection: Connection, batch: OneBatch) => Promise<produceV9.ProduceResponse>;

/** Sends a batch that is encoded already; the answer is read by the client. */
export const produceRequest = (kafka: PlatformaticKafka): ProduceRequest => {
  const write = ({ topic, partition, batch, timeoutMs }: OneBatch) =>
    kafka.Writer.create()
      .appendString(NO_TRANSACTION)
      .appendInt16(ALL_REPLICAS)
      .appendInt32(timeoutMs)
      .appendArray([topic], (writer) =>
        writer
          .appendString(topic)
          .appendArray([partition], (inTopic) => inTopic.appendInt32(partition).appendBytes(batch)),
      )
      .appendTaggedFields();
  const api = kafka.createAPI<[batch: OneBatch], produceV9.ProduceResponse>(
    PRODUCE,
    VERSION,
    write,
    kafka.produceV9.parseResponse,
  );
  return (connection, batch) => api.async(connection, batch);
};
