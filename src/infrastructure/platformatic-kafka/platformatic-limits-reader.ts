import { MAX_MESSAGE_BYTES } from '../kafka/publishing-client.ts';
import type { LimitsReader, PublishingOptions } from '../kafka/publishing-client.ts';
import { BrokerConnections } from './broker-connections.ts';
import type { PlatformaticKafka } from './load-platformatic-kafka.ts';

const TOPIC_RESOURCE = 2;

export class PlatformaticLimitsReader implements LimitsReader {
  private readonly connections: BrokerConnections;

  constructor(
    private readonly kafka: PlatformaticKafka,
    private readonly options: PublishingOptions,
  ) {
    this.connections = new BrokerConnections(kafka, options);
  }

  async maxMessageBytes(): Promise<string | undefined> {
    const { brokers, topic } = this.options;
    const question = {
      resourceType: TOPIC_RESOURCE,
      resourceName: topic,
      configurationKeys: [MAX_MESSAGE_BYTES],
    };
    const connection = await this.connections.toAny(brokers);
    const { results } = await connection.ask((to) =>
      this.kafka.describeConfigsV4.api.async(to, [question], false, false),
    );
    await this.connections.close();
    return results.flatMap(({ configs }) => configs).find(({ name }) => name === MAX_MESSAGE_BYTES)?.value ?? undefined;
  }

  sever(cause: Error): void {
    this.connections.sever(cause);
  }
}
