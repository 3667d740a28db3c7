import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import type { Examination, Observation } from '../../application/ports/examination.ts';
import type { MetadataVersions } from './api-versions.ts';
import { askKafka } from './ask-kafka.ts';
import { askMetadataVersions } from './ask-metadata-versions.ts';
import type { KafkaAccess } from './kafka-access.ts';
import { metadataVersionName } from './metadata-version.ts';
import { readTopicConfig } from './read-topic-config.ts';

// kafkajs is CommonJS: of its values, Node sees only the first ones as named exports.
const { ConfigResourceTypes } = kafkajs;

const PROTOCOL_VERSION = 'inter.broker.protocol.version';
const MIN_IN_SYNC = 'min.insync.replicas';
const RETENTION = 'retention.ms';
const LIMIT = 'max.message.bytes';

export interface BrokerSeen {
  /** `1 at kafka-1:9092` */
  readonly name: string;
  /** Undefined: it did not answer. */
  readonly versions: MetadataVersions | undefined;
}

export interface ClusterSeen {
  readonly brokers: readonly BrokerSeen[];
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

/** What every test of this program runs against. */
export const TESTED_WITH = '4.4';
const SUPPORTED_SINCE = 2.1;
const WANTED = `wanted: 2.1 or later, tested with ${TESTED_WITH}`;

const isFound = <A>(value: A | undefined): value is A => value !== undefined;

/** Of brokers that say nothing of features: before KRaft, or something that only speaks like Kafka. */
const byProtocol = (version: string | undefined): Observation => {
  if (version === undefined)
    return {
      state: 'warn',
      says: `the version of Kafka is not known: no broker tells metadata.version or ${PROTOCOL_VERSION}; ${WANTED}`,
    };
  // `3.9-IV0`, `2.1`; 2.10 never was.
  const [number = ''] = version.split('-');
  return Number(number) >= SUPPORTED_SINCE
    ? { state: 'ok', says: `Kafka ${version}; ${WANTED}` }
    : { state: 'warn', says: `Kafka ${version}; ${WANTED}`, mend: 'upgrade the brokers' };
};

/** A broker's program tells what it supports, the cluster what all of them have agreed on. */
const byFeature = (supported: readonly number[], finalized: number | undefined): Observation => {
  const [least, most] = [Math.min(...supported), Math.max(...supported)];
  const programs = least === most ? metadataVersionName(least) : [least, most].map(metadataVersionName).join(' to ');
  const agreed = finalized === undefined ? 'nothing' : metadataVersionName(finalized);
  const [release = ''] = metadataVersionName(least).split('-');
  const says = `Kafka ${release}: brokers support metadata.version ${programs}, the cluster has finalized ${agreed}; ${WANTED}`;
  if (least !== most)
    return { state: 'warn', says, mend: 'finish the upgrade of the brokers: they run different releases' };
  if (finalized !== undefined && finalized < least)
    return {
      state: 'warn',
      says,
      mend: `once the upgrade is not to be taken back: kafka-features.sh upgrade --release-version ${release}`,
    };
  return { state: 'ok', says };
};

const aboutVersion = ({ brokers, protocolVersion }: ClusterSeen): readonly Observation[] => {
  const supported = brokers.map(({ versions }) => versions?.supported).filter(isFound);
  const finalized = brokers.map(({ versions }) => versions?.finalized).find(isFound);
  const silent = brokers.filter(({ versions }) => versions === undefined).map(({ name }) => name);
  return [
    supported.length === 0 ? byProtocol(protocolVersion) : byFeature(supported, finalized),
    ...(silent.length === 0
      ? []
      : [
          {
            state: 'warn' as const,
            says: `brokers that did not tell their version: ${silent.join(', ')}`,
            mend: 'see whether they run, and can be reached from here by that address',
          },
        ]),
  ];
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
  ...aboutVersion(seen),
  { state: 'ok', says: `brokers: ${seen.brokers.map(({ name }) => name).join(', ')}` },
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

/** A broker that cannot be asked is told of, and no reason to look no further. */
const seenOf = async (
  { nodeId, host, port }: { readonly nodeId: number; readonly host: string; readonly port: number },
  access: KafkaAccess,
): Promise<BrokerSeen> => ({
  name: `${nodeId} at ${host}:${port}`,
  versions: await askMetadataVersions({ host, port }, access).catch(() => undefined),
});

const lookAt = async (admin: Admin, access: KafkaAccess, topic: string): Promise<ClusterSeen> => {
  const { brokers } = await admin.describeCluster();
  const [first] = brokers;
  const exists = (await admin.listTopics()).includes(topic);
  const { topics } = exists ? await admin.fetchTopicMetadata({ topics: [topic] }) : { topics: [] };
  return {
    brokers: await Promise.all(brokers.map((broker) => seenOf(broker, access))),
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
export const examineCluster = (kafka: Kafka, access: KafkaAccess, topic: string): Examination => ({
  name: 'Kafka cluster',
  run: pipe(
    askKafka(kafka, (admin) => lookAt(admin, access, topic)),
    TE.map(judgeCluster),
  ),
});
