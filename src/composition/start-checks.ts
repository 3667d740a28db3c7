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

/** What must be right in MySQL before work starts. */
export const storageChecks = (
  { mysql, outboxMaxEventBytes: maxEventBytes }: ServiceConfig,
  pool: MySqlPool,
): readonly StartCheck[] => [
  mysqlSettingsCheck(pool, { maxEventBytes }),
  schemaCheck(new MySqlSchemaMigrations(pool, mysql.url, MIGRATIONS)),
];

/** Every check that must pass before work starts. */
export const startChecks = (
  config: ServiceConfig,
  pool: MySqlPool,
  clientId: string,
  topicOptions: { readonly brokerMayBeDown: boolean; readonly mayPin: boolean },
): readonly StartCheck[] => {
  const { kafka, outboxMaxEventBytes: maxEventBytes } = config;
  const client = createKafka({ brokers: kafka.brokers, clientId: `${clientId}-check`, retries: 0 });
  const { topic, partitions } = kafka;
  return [
    ...storageChecks(config, pool),
    topicCheck({
      topic,
      partitions,
      askBroker: topicFindings(client, { topic, partitions, maxEventBytes }),
      pins: new MySqlTopicPins(pool),
      ...topicOptions,
    }),
  ];
};
