import * as TE from 'fp-ts/lib/TaskEither.js';
import { CheckConsumer } from '../application/operations/check-consumer.ts';
import { examinationOf } from '../application/operations/diagnose.ts';
import { schemaCheck } from '../application/operations/schema-check.ts';
import type { Examination } from '../application/ports/examination.ts';
import { systemClock } from '../infrastructure/clock.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { MySqlConsumerLedger } from '../infrastructure/mysql-consumer/mysql-consumer-ledger.ts';
import { KIT_MIGRATIONS } from '../infrastructure/mysql-consumer/prepare-database.ts';
import { examineMySqlSettings } from '../infrastructure/mysql/examine-settings.ts';
import { MySqlOutboxLedger } from '../infrastructure/mysql/mysql-outbox-ledger.ts';
import type { MySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import { MySqlSchemaMigrations } from '../infrastructure/mysql/mysql-schema-migrations.ts';

export interface ConsumersExamined {
  readonly config: Pick<ServiceConfig, 'mysql' | 'progressUrls' | 'consumerMysqlUrls' | 'outboxMaxEventBytes'>;
  /** Of the service. */
  readonly pool: MySqlPool;
  /** Of each consumer whose database is known, by its name. */
  readonly consumerPools: ReadonlyMap<string, MySqlPool>;
  readonly deep: boolean;
}

const MEND = 'set CONSUMER_MYSQL_URLS to name=mysql://user:password@host:port/database of each; SELECT is enough';

/** What is not looked into is said, so that nobody takes it for fine. */
const notChecked = ({ config, consumerPools }: ConsumersExamined): readonly Examination[] => {
  const unknown = [...config.progressUrls.keys()].filter((name) => !consumerPools.has(name));
  const findings = (
    consumerPools.size === 0
      ? ['not checked: no database of a consumer is known here']
      : unknown.map((name) => `not checked: the database of ${name} is not known here`)
  ).map((says) => ({ state: 'warn' as const, says, mend: MEND }));
  return findings.length === 0 ? [] : [{ name: 'databases of consumers', run: TE.right(findings) }];
};

/** Settings and schema of each consumer's database, and with `deep` its rows, compared with the outbox. */
export const examineConsumers = (examined: ConsumersExamined): readonly Examination[] => {
  const { config, pool, consumerPools, deep } = examined;
  const { mysql, consumerMysqlUrls, outboxMaxEventBytes: maxEventBytes } = config;
  const ofConsumer = ([name, own]: readonly [string, MySqlPool]): readonly Examination[] => {
    const server = { ...mysql, url: consumerMysqlUrls.get(name) ?? '' };
    const migrations = new MySqlSchemaMigrations(own, server, KIT_MIGRATIONS, 'consumer_kit_migrations');
    const schema = schemaCheck(migrations, 'start the consumer: it migrates its database by itself');
    return [
      { ...examineMySqlSettings(own, { maxEventBytes }), name: `consumer ${name}: MySQL settings` },
      {
        ...examinationOf(schema, 'every migration of the kit is applied, and none was changed since'),
        name: `consumer ${name}: schema`,
      },
      ...(deep
        ? [
            CheckConsumer.examination({
              ...{ consumer: name, clock: systemClock },
              ledger: new MySqlConsumerLedger(own, name),
              outbox: new MySqlOutboxLedger(pool),
            }),
          ]
        : []),
    ];
  };
  return [...[...consumerPools].flatMap(ofConsumer), ...notChecked(examined)];
};
