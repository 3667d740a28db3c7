import * as E from 'fp-ts/lib/Either.js';
import type { Logger } from 'pino';
import type { KafkaClientName } from '../infrastructure/config.ts';
import { kafkaJsPublishingClient } from '../infrastructure/kafka/kafkajs-publishing-client.ts';
import type { MakePublishingClient } from '../infrastructure/kafka/publishing-client.ts';
import { loadPlatformaticKafka } from '../infrastructure/platformatic-kafka/load-platformatic-kafka.ts';
import { platformaticPublishingClient } from '../infrastructure/platformatic-kafka/platformatic-publishing-client.ts';
import { kafkaLog } from '../infrastructure/telemetry/kafka-log.ts';

/** The Kafka client that was chosen is not there; the message says how to mend it. */
export class KafkaClientMissing extends Error {
  override readonly name = 'KafkaClientMissing';
}

const loadPlatformatic = async (load: typeof loadPlatformaticKafka): Promise<MakePublishingClient> => {
  const kafka = await load();
  if (E.isLeft(kafka))
    throw new KafkaClientMissing(
      `KAFKA_CLIENT is platformatic, but @platformatic/kafka ${kafka.left}: ` +
        'run "npm install --include=optional", or set KAFKA_CLIENT to kafkajs',
    );
  return (options) => platformaticPublishingClient(kafka.right, options);
};

/** The Kafka client by its name; only the chosen one is loaded. Rejects with `KafkaClientMissing`. */
export const loadPublishingClient = async (
  name: KafkaClientName,
  log: Logger,
  load = loadPlatformaticKafka,
): Promise<MakePublishingClient> =>
  name === 'kafkajs'
    ? (options) => kafkaJsPublishingClient({ ...options, log: kafkaLog(log), logLevel: 'warn' })
    : loadPlatformatic(load);
