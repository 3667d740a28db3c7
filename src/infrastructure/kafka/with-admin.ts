import type { Admin, Kafka } from 'kafkajs';

/** One question to the brokers, on a connection of its own that is closed afterwards. Rejects with what Kafka says. */
export const withAdmin = async <A>(kafka: Kafka, question: (admin: Admin) => Promise<A>): Promise<A> => {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await question(admin);
  } finally {
    await admin.disconnect();
  }
};
