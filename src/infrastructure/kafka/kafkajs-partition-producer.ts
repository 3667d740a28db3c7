import type { Producer } from 'kafkajs';
import { encodeRecords } from './encode-records.ts';
import { createKafka } from './kafka-client.ts';
import type { KafkaClientOptions } from './kafka-client.ts';
import type { PartitionAnswer, PartitionProducer, PublishingOptions } from './publishing-client.ts';
import { READY_MADE, withStandIns } from './ready-made-records.ts';
import type { EncodedRecord } from './record-size.ts';
import { SeverableSockets } from './severable-sockets.ts';

export interface KafkaJsOptions extends PublishingOptions, Pick<KafkaClientOptions, 'log' | 'logLevel'> {}

const ALL_REPLICAS = -1;

/**
 * A kafkajs producer that repeats nothing: not idempotent (kafkajs would lose a batch after a time-out), no retries, one
 * partition in each request (kafkajs may acknowledge what it never sent when a request spans two brokers).
 */
export class KafkaJsPartitionProducer implements PartitionProducer {
  private readonly sockets = new SeverableSockets();
  private readonly producer: Producer;
  private connected: Promise<void> | undefined;

  constructor(
    private readonly options: KafkaJsOptions,
    partition: number,
  ) {
    const kafka = createKafka({ ...options, retries: 0, socketFactory: this.sockets.factory });
    this.producer = kafka.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
      createPartitioner: () => () => partition,
    });
  }

  async send(records: readonly EncodedRecord[]): Promise<readonly PartitionAnswer[]> {
    const { topic, produceTimeoutMs } = this.options;
    const bytes = encodeRecords(records);
    this.connected ??= this.producer.connect();
    await this.connected;
    return withStandIns(bytes, records.length, (messages) =>
      this.producer.send({ topic, acks: ALL_REPLICAS, timeout: produceTimeoutMs, compression: READY_MADE, messages }),
    );
  }

  sever(cause: Error): void {
    this.sockets.sever(cause);
    this.producer.disconnect().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}
