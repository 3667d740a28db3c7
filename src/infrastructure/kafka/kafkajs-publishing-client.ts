import { classifyKafkaJsError, isBrokerAnswer } from './classify-kafkajs-error.ts';
import { KafkaJsLimitsReader } from './kafkajs-limits-reader.ts';
import { KafkaJsPartitionProducer } from './kafkajs-partition-producer.ts';
import type { KafkaJsOptions } from './kafkajs-partition-producer.ts';
import type { PublishingClient } from './publishing-client.ts';

export const kafkaJsPublishingClient = (options: KafkaJsOptions): PublishingClient => ({
  producerFor: (partition) => new KafkaJsPartitionProducer(options, partition),
  limitsReader: () => new KafkaJsLimitsReader(options),
  classify: classifyKafkaJsError,
  isBrokerAnswer,
});
