import { CompareWithLog } from '../application/operations/compare-with-log.ts';
import type { Examination } from '../application/ports/examination.ts';
import { examinationOf } from '../application/operations/diagnose.ts';
import { laneOf } from '../application/relay/lanes.ts';
import type { TopicLog } from '../application/ports/topic-log.ts';
import type { ServiceConfig } from '../infrastructure/config.ts';
import { examineRuntime } from '../infrastructure/examine-runtime.ts';
import { appendTimesOf } from '../infrastructure/kafka/append-time.ts';
import { examineCluster } from '../infrastructure/kafka/examine-cluster.ts';
import { examineLag } from '../infrastructure/kafka/examine-lag.ts';
import { createKafka } from '../infrastructure/kafka/kafka-client.ts';
import { KafkaTopicLog } from '../infrastructure/kafka/kafka-topic-log.ts';
import { examineRelays } from '../infrastructure/mysql/examine-relays.ts';
import { examineRights } from '../infrastructure/mysql/examine-rights.ts';
import { examineSchema } from '../infrastructure/mysql/examine-schema.ts';
import { examineMySqlSettings } from '../infrastructure/mysql/examine-settings.ts';
import type { DatabaseRole } from '../infrastructure/mysql/grants.ts';
import { MySqlOutboxLedger } from '../infrastructure/mysql/mysql-outbox-ledger.ts';
import type { MySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import { encodeEnvelope } from '../interfaces/contract/envelope.ts';
import { schemaIsCurrent, topicIsRight } from './start-checks.ts';
import { examineClocks } from './examine-clocks.ts';
import { examineConsumers } from './examine-consumers.ts';
import { processName } from './process-name.ts';

/** A broker that has just started needs a moment until it knows who keeps the offsets of groups. */
const RETRIES = 4;

const compareWithLog = (log: TopicLog, pool: MySqlPool, partitions: number): Examination =>
  CompareWithLog.examination({
    ledger: new MySqlOutboxLedger(pool),
    log,
    laneOf: (orderKey) => laneOf(orderKey, partitions),
    asPublished: ({ orderKey: orderId, ...event }) => encodeEnvelope({ orderId, ...event }),
  });

/** All that `order doctor` looks into, in the order in which a reader wants it. */
export const examinationsOf = (
  config: ServiceConfig,
  pool: MySqlPool,
  consumerPools: ReadonlyMap<string, MySqlPool>,
  { role, deep }: { readonly role: DatabaseRole; readonly deep: boolean },
): readonly Examination[] => {
  const { kafka: settings, relay, outboxMaxEventBytes: maxEventBytes } = config;
  const { topic, partitions, brokers, access } = settings;
  const clientId = processName();
  const kafka = createKafka({ brokers, access, clientId, retries: RETRIES });
  return [
    examineRuntime([`topic ${topic}`, `${partitions} partitions`, `leases of ${relay.leaseMs} ms`]),
    examineMySqlSettings(pool, { maxEventBytes }),
    examinationOf(schemaIsCurrent(config, pool), 'every migration is applied, and none was changed since'),
    examineSchema(pool),
    examineRights(pool, role),
    examineCluster(kafka, access, topic),
    examinationOf(
      topicIsRight(config, pool, clientId, { brokerMayBeDown: false, mayPin: false }),
      `${topic} has ${partitions} partitions, is cleaned by age, and stamps records itself`,
    ),
    examineClocks(pool, (places) => appendTimesOf(kafka, topic, places)),
    examineRelays(pool, partitions),
    examineLag(kafka, topic),
    ...(deep ? [compareWithLog(new KafkaTopicLog(kafka, topic), pool, partitions)] : []),
    ...examineConsumers({ config, pool, consumerPools, deep }),
  ];
};
