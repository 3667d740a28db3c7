import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import type { Examination, Observation } from '../../application/ports/examination.ts';
import { askKafka } from './ask-kafka.ts';
import { readTopicConfig } from './read-topic-config.ts';

// kafkajs is CommonJS: of its values, Node sees only the first ones as named exports.
const { ConfigResourceTypes } = kafkajs;

const PROTOCOL_VERSION = 'inter.broker.protocol.version';
const MIN_IN_SYNC = 'min.insync.replicas';
const RETENTION = 'retention.ms';
const LIMIT = 'max.message.bytes';

export interface ClusterSeen {
  readonly brokers: readonly string[];
  /** As brokers before 4.0 tell it; later ones have no such setting. */
  readonly protocolVersion: string | undefined;
  readonly topic: string;
  readonly partitions: readonly {
    readonly id: number;
    readonly leader: number;
    readonly replicas: number;
    readonly inSync: number;
  }[];
  readonly config: ReadonlyMap<string, string>;
}

const SUPPORTED_SINCE = 2;

const aboutVersion = (version: string | undefined): Observation => {
  if (version === undefined) return { state: 'ok', says: 'Kafka 4.0 or later' };
  if (Number(version.split('.')[0]) >= SUPPORTED_SINCE) return { state: 'ok', says: `Kafka ${version}` };
  return { state: 'warn', says: `Kafka ${version}`, mend: 'it is tested with Kafka 4; use 2.1 or later' };
};

const aboutReplicas = ({ partitions, config, topic }: ClusterSeen): readonly Observation[] => {
  const least = Number(config.get(MIN_IN_SYNC) ?? 1);
  const replicas = Math.min(...partitions.map((partition) => partition.replicas));
  const names = (some: typeof partitions): string => some.map(({ id }) => id).join(', ');
  const leaderless = partitions.filter(({ leader }) => leader < 0);
  const behind = partitions.filter((partition) => partition.inSync < partition.replicas);
  const tooFew = partitions.filter(({ inSync }) => inSync < least);
  const wayToAdd = 'kafka-reassign-partitions.sh adds replicas';
  return [
    leaderless.length === 0
      ? { state: 'ok', says: `every one of ${partitions.length} partitions has a leader` }
      : {
          state: 'fail',
          says: `partitions without a leader: ${names(leaderless)}`,
          mend: 'bring the brokers back that hold them; events wait meanwhile',
        },
    tooFew.length > 0
      ? {
          state: 'fail',
          says: `partitions with fewer than ${MIN_IN_SYNC}=${least} replicas in sync: ${names(tooFew)}; Kafka takes no record there`,
          mend: 'bring the missing brokers back; events wait meanwhile, and no attempt is spent',
        }
      : behind.length > 0
        ? {
            state: 'warn',
            says: `partitions whose replicas are not all in sync: ${names(behind)}`,
            mend: 'bring the missing brokers back, or wait until they have caught up',
          }
        : { state: 'ok', says: `all replicas are in sync (${replicas} of each, ${MIN_IN_SYNC}=${least})` },
    replicas === 1
      ? {
          state: 'warn',
          says: `${topic} has a single replica: what its broker's disk loses is lost`,
          mend: `for production use 3 replicas and ${MIN_IN_SYNC}=2; ${wayToAdd}`,
        }
      : replicas > 1 && least < 2
        ? {
            state: 'warn',
            says: `${MIN_IN_SYNC}=${least}: a record may be acknowledged by its leader alone`,
            mend: `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config ${MIN_IN_SYNC}=2`,
          }
        : { state: 'ok', says: `acknowledged by at least ${least} brokers` },
  ];
};

const days = (ms: number): string => (ms < 0 ? 'for ever' : `${(ms / 86_400_000).toFixed(1)} days`);

/** Whether the topic can take records and keeps them safely. */
export const judgeCluster = (seen: ClusterSeen): readonly Observation[] => [
  aboutVersion(seen.protocolVersion),
  { state: 'ok', says: `brokers: ${seen.brokers.join(', ')}` },
  ...(seen.partitions.length === 0 ? [] : aboutReplicas(seen)),
  ...(seen.config.size === 0
    ? []
    : [
        {
          state: 'ok' as const,
          says: `${seen.topic} keeps records ${days(Number(seen.config.get(RETENTION)))}, takes batches of up to ${seen.config.get(LIMIT) ?? '?'} bytes`,
        },
      ]),
];

const readProtocolVersion = async (admin: Admin, broker: number): Promise<string | undefined> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.BROKER, name: String(broker), configNames: [PROTOCOL_VERSION] }],
  });
  return resources[0]?.configEntries.find(({ configName }) => configName === PROTOCOL_VERSION)?.configValue;
};

const lookAt = async (admin: Admin, topic: string): Promise<ClusterSeen> => {
  const { brokers } = await admin.describeCluster();
  const [first] = brokers;
  const exists = (await admin.listTopics()).includes(topic);
  const { topics } = exists ? await admin.fetchTopicMetadata({ topics: [topic] }) : { topics: [] };
  return {
    brokers: brokers.map(({ nodeId, host, port }) => `${nodeId} at ${host}:${port}`),
    protocolVersion: first === undefined ? undefined : await readProtocolVersion(admin, first.nodeId),
    topic,
    partitions: topics.flatMap(({ partitions }) =>
      partitions.map(({ partitionId, leader, replicas, isr }) => ({
        ...{ id: partitionId, leader },
        ...{ replicas: replicas.length, inSync: isr.length },
      })),
    ),
    config: exists ? await readTopicConfig(admin, topic, [MIN_IN_SYNC, RETENTION, LIMIT]) : new Map(),
  };
};

/** Brokers, their version, and how safely the topic's partitions are kept. A missing topic is another check's. */
export const examineCluster = (kafka: Kafka, topic: string): Examination => ({
  name: 'Kafka cluster',
  run: pipe(
    askKafka(kafka, (admin) => lookAt(admin, topic)),
    TE.map(judgeCluster),
  ),
});
