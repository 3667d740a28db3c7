import type { ISocketFactory, Producer, RecordMetadata } from 'kafkajs';
import { encodeRecords } from './encode-records.ts';
import { createKafka } from './kafka-client.ts';
import type { KafkaClientOptions } from './kafka-client.ts';
import { READY_MADE, withStandIns } from './ready-made-records.ts';
import type { EncodedRecord } from './record-size.ts';
import { SeverableSockets } from './severable-sockets.ts';

export interface PartitionProducerOptions extends Pick<
  KafkaClientOptions,
  'brokers' | 'clientId' | 'log' | 'logLevel'
> {
  readonly topic: string;
  readonly partition: number;
  /** How long the broker may take to replicate, milliseconds; shorter than `requestTimeoutMs`. */
  readonly produceTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly socketFactory?: ISocketFactory;
}

const ALL_REPLICAS = -1;

/**
 * One kafkajs producer, with connections of its own, that sends to one partition. It repeats nothing: not
 * idempotent (kafkajs would lose a batch after a time-out), no retries, one partition in each request (kafkajs
 * may acknowledge what it never sent when a request spans two brokers).
 */
export class PartitionProducer {
  private readonly sockets: SeverableSockets;
  private readonly producer: Producer;
  private connected: Promise<void> | undefined;

  constructor(private readonly options: PartitionProducerOptions) {
    this.sockets = new SeverableSockets(options.socketFactory);
    const kafka = createKafka({ ...options, retries: 0, socketFactory: this.sockets.factory });
    this.producer = kafka.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
      createPartitioner: () => () => options.partition,
    });
  }

  /** One request. Rejects with what kafkajs throws; what it resolves with is not yet checked. */
  async send(records: readonly EncodedRecord[]): Promise<readonly RecordMetadata[]> {
    const { topic, produceTimeoutMs } = this.options;
    const bytes = encodeRecords(records);
    this.connected ??= this.producer.connect();
    await this.connected;
    return withStandIns(bytes, records.length, (messages) =>
      this.producer.send({ topic, acks: ALL_REPLICAS, timeout: produceTimeoutMs, compression: READY_MADE, messages }),
    );
  }

  /** Ends the connections at once, so that nothing sent on them and not yet delivered arrives later. */
  sever(cause: Error): void {
    this.sockets.sever(cause);
    this.producer.disconnect().catch(() => undefined);
  }

  /** For an idle producer. */
  async close(): Promise<void> {
    await this.producer.disconnect();
  }
}
