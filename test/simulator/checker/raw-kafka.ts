import { Kafka, logLevel } from 'kafkajs';
import type { Admin, IHeaders } from 'kafkajs';
import { kafkaBrokers } from '../../support/servers.ts';

export interface RawMessage {
  readonly key: string | null;
  readonly value: string | Buffer | null;
  readonly headers?: IHeaders;
  readonly partition: number;
}

const kafka = (): Kafka =>
  new Kafka({ clientId: 'checker-test', brokers: [...kafkaBrokers()], logLevel: logLevel.NOTHING });

export const produce = async (topic: string, messages: readonly RawMessage[]): Promise<void> => {
  const producer = kafka().producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    await producer.send({ topic, acks: -1, messages: [...messages] });
  } finally {
    await producer.disconnect();
  }
};

export const withAdmin = async <A>(act: (admin: Admin) => Promise<A>): Promise<A> => {
  const admin = kafka().admin();
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
};
