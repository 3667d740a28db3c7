import { expect } from 'chai';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaBrokers } from '../../support/servers.ts';
import { eventually } from '../../support/eventually.ts';

/** Deletes the topic with all its records and creates it again, as an operator's mistake would. */
export const recreateTopic = async (topic: string): Promise<void> => {
  const kafka = new Kafka({ clientId: 'test-admin', brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => {
      expect(await admin.listTopics()).not.to.include(topic);
    });
    await admin.createTopics({ topics: [{ topic, numPartitions: 6 }], waitForLeaders: false });
    await eventually(() => admin.fetchTopicOffsets(topic));
  } finally {
    await admin.disconnect();
  }
};
