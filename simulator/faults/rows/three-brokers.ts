import type { House } from '../../run/house.ts';
import { lackingForOwnServers } from './lacking-for-own-servers.ts';

export const BROKERS = ['kafka', 'kafka-2', 'kafka-3'] as const;

/** Why three brokers cannot be started here; undefined when they can. */
export const lackingForThreeBrokers = (): Promise<string | undefined> =>
  Promise.resolve(lackingForOwnServers('three brokers are'));

export interface PartitionState {
  readonly partition: number;
  readonly leader: number;
  readonly replicas: readonly number[];
  /** Replicas that have everything acknowledged. */
  readonly isr: readonly number[];
}

/** By partition. */
export const partitionStates = async (house: House): Promise<readonly PartitionState[]> => {
  const { topics } = await house.admin((admin) => admin.fetchTopicMetadata({ topics: [house.topic] }));
  const partitions = topics.flatMap((topic) =>
    topic.partitions.map(({ partitionId, leader, replicas, isr }) => ({
      partition: partitionId,
      leader,
      replicas,
      isr,
    })),
  );
  return partitions.toSorted((a, b) => a.partition - b.partition);
};

export const isWhole = (states: readonly PartitionState[]): boolean =>
  states.length > 0 && states.every(({ isr }) => isr.length === BROKERS.length);
