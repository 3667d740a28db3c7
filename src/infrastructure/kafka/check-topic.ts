import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import kafkajs from 'kafkajs';
import type { Admin, Kafka } from 'kafkajs';
import { describeKafkaFailure } from './describe-kafka-failure.ts';
import { innermostCause } from './innermost-cause.ts';
import { readTopicConfig } from './read-topic-config.ts';
import { withAdmin } from './with-admin.ts';

// kafkajs is CommonJS: of its values, Node sees only the first ones as named exports.
const { ConfigResourceTypes } = kafkajs;

/** What the service was told about its topic. */
export interface TopicExpectations {
  readonly topic: string;
  /** Lanes were computed with this count; another one would break the order of every key. */
  readonly partitions: number;
  /** The largest event the outbox accepts, bytes. */
  readonly maxEventBytes: number;
}

/** Something wrong with the topic. `error` must be mended before anything is published. */
export interface TopicProblem {
  readonly _tag:
    | 'TopicMissing'
    | 'PartitionCountDiffers'
    | 'CleanupPolicyWrong'
    | 'TimestampTypeWrong'
    | 'RequestLimitTooSmall'
    | 'MessageLimitBelowOutbox';
  readonly severity: 'error' | 'warning';
  /** What is wrong and how to mend it, one sentence each. */
  readonly message: string;
}

/** The topic could not be looked at: broker, network or authorisation. */
export interface TopicUnreadable {
  readonly _tag: 'TopicUnreadable';
  readonly topic: string;
  readonly reason: string;
  readonly cause: unknown;
}

const CLEANUP_POLICY = 'cleanup.policy';
const TIMESTAMP_TYPE = 'message.timestamp.type';
const MAX_MESSAGE_BYTES = 'max.message.bytes';
const REQUEST_MAX_BYTES = 'socket.request.max.bytes';
/** What a request carries beside the payload: headers, framing, topic name. */
const REQUEST_OVERHEAD_BYTES = 65_536;

const alter = (topic: string, name: string, value: string): string =>
  `kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config ${name}=${value}`;

const createCommand = ({ topic, partitions }: TopicExpectations): string =>
  `kafka-topics.sh --create --topic ${topic} --partitions ${partitions}` +
  ` --config ${CLEANUP_POLICY}=delete --config ${TIMESTAMP_TYPE}=LogAppendTime`;

const missing = (expected: TopicExpectations): TopicProblem => ({
  _tag: 'TopicMissing',
  severity: 'error',
  message: `Topic ${expected.topic} does not exist and is never created by the service. Create it: ${createCommand(expected)}`,
});

const wrongCount = ({ topic, partitions }: TopicExpectations, actual: number): TopicProblem => ({
  _tag: 'PartitionCountDiffers',
  severity: 'error',
  message:
    `Topic ${topic} has ${actual} partitions, but the outbox was filled for ${partitions}: publishing would break the order of events. ` +
    `Set ORDER_PARTITIONS to ${actual} if nothing was appended yet; otherwise publish to a topic with ${partitions} partitions.`,
});

const settingProblems = (
  { topic, maxEventBytes }: TopicExpectations,
  config: ReadonlyMap<string, string>,
  requestMaxBytes: number | undefined,
): readonly TopicProblem[] => {
  const problems: TopicProblem[] = [];
  const cleanup = config.get(CLEANUP_POLICY);
  if (cleanup !== 'delete')
    problems.push({
      _tag: 'CleanupPolicyWrong',
      severity: 'error',
      message: `Topic ${topic} has ${CLEANUP_POLICY}=${cleanup ?? 'unknown'}, which would drop events of an order. Mend it: ${alter(topic, CLEANUP_POLICY, 'delete')}`,
    });
  const timestamps = config.get(TIMESTAMP_TYPE);
  if (timestamps !== 'LogAppendTime')
    problems.push({
      _tag: 'TimestampTypeWrong',
      severity: 'error',
      message: `Topic ${topic} has ${TIMESTAMP_TYPE}=${timestamps ?? 'unknown'}, so the publish delay cannot be measured. Mend it: ${alter(topic, TIMESTAMP_TYPE, 'LogAppendTime')}`,
    });
  if (requestMaxBytes !== undefined && requestMaxBytes < maxEventBytes + REQUEST_OVERHEAD_BYTES)
    problems.push({
      _tag: 'RequestLimitTooSmall',
      severity: 'error',
      message:
        `The broker closes the connection on requests above ${REQUEST_MAX_BYTES}=${requestMaxBytes}, which would look like an outage, ` +
        `but the outbox accepts events of ${maxEventBytes} bytes. Set OUTBOX_MAX_EVENT_BYTES to at most ${requestMaxBytes - REQUEST_OVERHEAD_BYTES}, or raise the broker's limit.`,
    });
  const maxMessageBytes = Number(config.get(MAX_MESSAGE_BYTES));
  if (maxMessageBytes < maxEventBytes)
    problems.push({
      _tag: 'MessageLimitBelowOutbox',
      severity: 'warning',
      message:
        `Topic ${topic} takes batches of up to ${maxMessageBytes} bytes, but the outbox accepts events of ${maxEventBytes}: larger ones will be quarantined. ` +
        `Set OUTBOX_MAX_EVENT_BYTES lower, or: ${alter(topic, MAX_MESSAGE_BYTES, String(maxEventBytes + REQUEST_OVERHEAD_BYTES))}`,
    });
  return problems;
};

const isMissing = (error: unknown): boolean => {
  const inner = innermostCause(error);
  return inner instanceof Error && Reflect.get(inner, 'type') === 'UNKNOWN_TOPIC_OR_PARTITION';
};

/** Undefined when the topic does not exist. */
const readPartitionCount = async (admin: Admin, topic: string): Promise<number | undefined> => {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics.find(({ name }) => name === topic)?.partitions.length;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
};

/** The smallest limit among the brokers; undefined when none tells it. */
const readRequestMaxBytes = async (admin: Admin): Promise<number | undefined> => {
  const { brokers } = await admin.describeCluster();
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: brokers.map(({ nodeId }) => ({
      type: ConfigResourceTypes.BROKER,
      name: String(nodeId),
      configNames: [REQUEST_MAX_BYTES],
    })),
  });
  const limits = resources.flatMap(({ configEntries }) => configEntries.map(({ configValue }) => Number(configValue)));
  return limits.length === 0 ? undefined : Math.min(...limits);
};

const askAboutTopic = <A>(
  kafka: Kafka,
  topic: string,
  read: (admin: Admin) => Promise<A>,
): TaskEither<TopicUnreadable, A> =>
  TE.tryCatch(
    () => withAdmin(kafka, read),
    (cause): TopicUnreadable => ({ _tag: 'TopicUnreadable', topic, reason: describeKafkaFailure(cause), cause }),
  );

/** At start and now and then: everything the guarantees rest on. Empty when all is well. Creates and changes nothing. */
export const checkTopic = (
  kafka: Kafka,
  expected: TopicExpectations,
): TaskEither<TopicUnreadable, readonly TopicProblem[]> =>
  askAboutTopic(kafka, expected.topic, async (admin) => {
    const partitions = await readPartitionCount(admin, expected.topic);
    if (partitions === undefined) return [missing(expected)];
    const config = await readTopicConfig(admin, expected.topic, [CLEANUP_POLICY, TIMESTAMP_TYPE, MAX_MESSAGE_BYTES]);
    const settings = settingProblems(expected, config, await readRequestMaxBytes(admin));
    return partitions === expected.partitions ? settings : [wrongCount(expected, partitions), ...settings];
  });
