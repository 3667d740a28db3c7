import { createKafka } from './kafka-client.ts';
import type { KafkaJsOptions } from './kafkajs-partition-producer.ts';
import type { LimitsReader } from './publishing-client.ts';
import { readTopicConfig } from './read-topic-config.ts';
import { SeverableSockets } from './severable-sockets.ts';

const MAX_MESSAGE_BYTES = 'max.message.bytes';

export class KafkaJsLimitsReader implements LimitsReader {
  private readonly sockets = new SeverableSockets();

  constructor(private readonly options: KafkaJsOptions) {}

  async maxMessageBytes(): Promise<number> {
    const admin = createKafka({ ...this.options, retries: 0, socketFactory: this.sockets.factory }).admin();
    await admin.connect();
    const config = await readTopicConfig(admin, this.options.topic, [MAX_MESSAGE_BYTES]);
    const value = Number(config.get(MAX_MESSAGE_BYTES));
    if (!Number.isSafeInteger(value)) throw new Error(`the broker names no ${MAX_MESSAGE_BYTES}`);
    await admin.disconnect();
    return value;
  }

  sever(cause: Error): void {
    this.sockets.sever(cause);
  }
}
