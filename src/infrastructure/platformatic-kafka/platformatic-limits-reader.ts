import type { LimitsReader, PublishingOptions } from '../kafka/publishing-client.ts';
import { BrokerConnections } from './broker-connections.ts';
import type { PlatformaticKafka } from './load-platformatic-kafka.ts';

const TOPIC_RESOURCE = 2;
const MAX_MESSAGE_BYTES = 'max.message.bytes';

export class PlatformaticLimitsReader implements LimitsReader {
  private readonly connections: BrokerConnections;

  constructor(
    private readonly kafka: PlatformaticKafka,
    private readonly options: PublishingOptions,
  ) {
    this.connections = new BrokerConnections(kafka, options.clientId);
  }

  async maxMessageBytes(): Promise<number> {
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
    const told = results.flatMap(({ configs }) => configs).find(({ name }) => name === MAX_MESSAGE_BYTES)?.value;
    const value = Number(told ?? Number.NaN);
    if (!Number.isSafeInteger(value)) throw new Error(`the broker names no ${MAX_MESSAGE_BYTES}`);
    await this.connections.close();
    return value;
  }

  sever(cause: Error): void {
    this.connections.sever(cause);
  }
}
