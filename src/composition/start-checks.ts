import { schemaCheck } from '../application/operations/schema-check.ts';
import { topicCheck } from '../application/operations/topic-check.ts';
import type { StartCheck } from '../application/ports/start-check.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { createKafka } from '../infrastructure/kafka/kafka-client.ts';
import { topicFindings } from '../infrastructure/kafka/topic-findings.ts';
import type { MySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import { MySqlSchemaMigrations } from '../infrastructure/mysql/mysql-schema-migrations.ts';
import { mysqlSettingsCheck } from '../infrastructure/mysql/mysql-settings-check.ts';
import { MySqlTopicPins } from '../infrastructure/mysql/mysql-topic-pins.ts';
import { MIGRATIONS } from './migrations.ts';

/** The schema is the one that this program was written for. */
export const schemaIsCurrent = ({ mysql }: ServiceConfig, pool: MySqlPool): StartCheck =>
  schemaCheck(new MySqlSchemaMigrations(pool, mysql, MIGRATIONS));

interface TopicOptions {
  readonly brokerMayBeDown: boolean;
  readonly mayPin: boolean;
}

/** The topic is as the guarantees need it. */
export const topicIsRight = (
  { kafka, outboxMaxEventBytes: maxEventBytes }: ServiceConfig,
  pool: MySqlPool,
  clientId: string,
  options: TopicOptions,
): StartCheck => {
  const client = createKafka({
    brokers: kafka.brokers,
    access: kafka.access,
    clientId: `${clientId}-check`,
    retries: 0,
  });
  const { topic, partitions } = kafka;
  return topicCheck({
    topic,
    partitions,
    askBroker: topicFindings(client, { topic, partitions, maxEventBytes }),
    pins: new MySqlTopicPins(pool),
    ...options,
  });
};

/** What must be right in MySQL before work starts. */
export const storageChecks = (config: ServiceConfig, pool: MySqlPool): readonly StartCheck[] => [
  mysqlSettingsCheck(pool, { maxEventBytes: config.outboxMaxEventBytes }),
  schemaIsCurrent(config, pool),
];

/** Every check that must pass before work starts. */
export const startChecks = (
  config: ServiceConfig,
  pool: MySqlPool,
  clientId: string,
  topicOptions: TopicOptions,
): readonly StartCheck[] => [...storageChecks(config, pool), topicIsRight(config, pool, clientId, topicOptions)];
