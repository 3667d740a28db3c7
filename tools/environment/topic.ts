import { Kafka, logLevel } from 'kafkajs';

export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
  /** Beside the settings of the contract, or instead of them. */
  readonly config: Readonly<Record<string, string>>;
}

/** Large enough for whatever the outbox accepts by default (16 MiB), with room for headers. */
const LIMITS = { 'max.message.bytes': '16842752' };
const CONTRACT = { 'message.timestamp.type': 'LogAppendTime', 'cleanup.policy': 'delete' };

const withAdmin = async (brokers: string, act: (admin: ReturnType<Kafka['admin']>) => Promise<void>): Promise<void> => {
  const kafka = new Kafka({ clientId: 'environment', brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await act(admin);
  } finally {
    await admin.disconnect();
  }
};

/** Creates the topic, with the settings of the contract unless `config` says otherwise. One that exists already stays as it is. */
export const createTopic = (brokers: string, { name, partitions, config }: TopicSettings): Promise<void> =>
  withAdmin(brokers, async (admin) => {
    const configEntries = Object.entries({ ...CONTRACT, ...LIMITS, ...config }).map(([key, value]) => ({
      name: key,
      value,
    }));
    await admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: name, numPartitions: partitions, configEntries }],
    });
  });

export const deleteTopic = (brokers: string, name: string): Promise<void> =>
  withAdmin(brokers, (admin) => admin.deleteTopics({ topics: [name] }));

/** Empty groups only; one that was never joined is none. What is left expires on the broker by itself. */
export const deleteGroups = (brokers: string, groupIds: readonly string[]): Promise<void> =>
  withAdmin(brokers, async (admin) => {
    await admin.deleteGroups([...groupIds]).catch(() => undefined);
  });
