import * as platformatic from '@platformatic/kafka';
import { kafkaJsPublishingClient } from '../../../src/infrastructure/kafka/kafkajs-publishing-client.ts';
import type { MakePublishingClient } from '../../../src/infrastructure/kafka/publishing-client.ts';
import { platformaticPublishingClient } from '../../../src/infrastructure/platformatic-kafka/platformatic-publishing-client.ts';
import type { KafkaClientName } from '../../../src/infrastructure/config.ts';

/** Every client that the relay can be told to publish with. */
export const publishingClients: Readonly<Record<KafkaClientName, MakePublishingClient>> = {
  kafkajs: kafkaJsPublishingClient,
  platformatic: (options) => platformaticPublishingClient(platformatic, options),
};
