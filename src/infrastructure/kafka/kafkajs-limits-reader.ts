import { createKafka } from './kafka-client.ts';
import type { KafkaJsOptions } from './kafkajs-partition-producer.ts';
import { MAX_MESSAGE_BYTES } from './publishing-client.ts';
import type { LimitsReader } from './publishing-client.ts';
import { readTopicConfig } from './read-topic-config.ts';
import { SeverableSockets } from './severable-sockets.ts';

export class KafkaJsLimitsReader implements LimitsReader {
  private readonly sockets = new SeverableSockets();

  constructor(private readonly options: KafkaJsOptions) {}

  async maxMessageBytes(): Promise<string | undefined> {
    const admin = createKafka({ ...this.options, retries: 0, socketFactory: this.sockets.factory }).admin();
    await admin.connect();
    const config = await readTopicConfig(admin, this.options.topic, [MAX_MESSAGE_BYTES]);
    await admin.disconnect();
    return config.get(MAX_MESSAGE_BYTES);
  }

  sever(cause: Error): void {
    this.sockets.sever(cause);
  }
}
