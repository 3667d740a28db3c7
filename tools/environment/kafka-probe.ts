import { randomBytes } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

/** 16 random bytes as Kafka writes them; without a leading `-`, which its tools would take for an option. */
export const newClusterId = (): string => randomBytes(16).toString('base64url').replace(/^-/, 'A');

/**
 * Fails unless a broker answers at `brokers`, unless it belongs to the cluster when one is named, and unless the cluster
 * counts the broker at address `member` among its own when one is named.
 */
export const probeKafka = async (brokers: readonly string[], clusterId?: string, member?: string): Promise<void> => {
  const kafka = new Kafka({
    clientId: 'environment',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 2_500,
    retry: { retries: 0 },
  });
  const admin = kafka.admin({ retry: { retries: 0 } });
  try {
    await admin.connect();
    const cluster = await admin.describeCluster();
    if (cluster.brokers.length === 0) throw new Error('the cluster has no broker yet');
    if (clusterId !== undefined && cluster.clusterId !== clusterId)
      throw new Error(`another cluster answers there: ${cluster.clusterId}`);
    if (member !== undefined && !cluster.brokers.some(({ host, port }) => `${host}:${port}` === member))
      throw new Error(`the cluster does not count ${member} among its brokers yet`);
  } finally {
    await admin.disconnect();
  }
};
