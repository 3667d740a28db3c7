import kafkajs from 'kafkajs';
import { kafkaBrokers } from './servers.ts';

/** Sets how large a record of a topic of `freshTopic` may be; its other settings stay those of the contract. */
export const setTopicLimit = async (topic: string, maxMessageBytes: number): Promise<void> => {
  const brokers = [...kafkaBrokers()];
  const kafka = new kafkajs.Kafka({ clientId: 'test-admin', brokers, logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const config = {
    'max.message.bytes': String(maxMessageBytes),
    'message.timestamp.type': 'LogAppendTime',
    'cleanup.policy': 'delete',
  };
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      },
    ],
  });
  await admin.disconnect();
};
