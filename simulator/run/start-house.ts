import { Kafka, logLevel } from 'kafkajs';
import { startEnvironment } from '../../tools/environment/environment.ts';
import type { Environment } from '../../tools/environment/environment.ts';
import type { CollectorOptions } from '../checker/collect-evidence.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';
import type { House } from './house.ts';
import { readProgress } from './progress.ts';

export interface HouseOptions {
  readonly relays: number;
  /** Share of payments that are declined, 0–1. */
  readonly declineRatio: number;
  /** `max.message.bytes` of the topic; the environment's own choice when undefined. */
  readonly topicLimit: number | undefined;
  readonly sabotage: Sabotage | undefined;
  /** Where the roles' logs are kept. */
  readonly logDirectory: string;
  /** Sets databases, groups and topic of this run apart on servers that others use too. */
  readonly suffix: string | undefined;
  readonly progress: (line: string) => void;
}

export interface StartedHouse {
  readonly house: House;
  /** What the checker reads. */
  readonly evidence: CollectorOptions;
  stop(): Promise<void>;
}

const CONSUMERS = ['payment', 'shipping'] as const;
/** A consumer that was killed is not replaced in its group before its session has run out (10 s), times a rebalance or two. */
const REVIVE_BOUND_MS = 180_000;

const relayNames = (relays: number): readonly string[] =>
  Array.from({ length: relays }, (_, index) => (index === 0 ? 'relay' : `relay-${index + 1}`));

const houseOf = (environment: Environment): House => {
  const kafka = new Kafka({
    clientId: 'orderly-simulator',
    brokers: environment.kafkaBrokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { retries: 3 },
  });
  const consumers = CONSUMERS.map((name) => ({ name, mysqlUrl: environment.consumerMysqlUrls[name] }));
  return {
    apiUrl: environment.apiUrl,
    operatorToken: environment.operatorToken,
    topic: environment.topic,
    kafka,
    kill: (name) => environment.kill(name),
    revive: (name) => environment.revive(name, REVIVE_BOUND_MS),
    admin: async (act) => {
      const admin = kafka.admin();
      await admin.connect();
      try {
        return await act(admin);
      } finally {
        await admin.disconnect();
      }
    },
    progress: () => readProgress(environment.mysqlUrl, consumers),
  };
};

/** Brings up real servers and every role. @throws EnvironmentError in words for the person at the terminal. */
export const startHouse = async (options: HouseOptions): Promise<StartedHouse> => {
  const { sabotage, topicLimit, suffix } = options;
  const environment = await startEnvironment({
    roles: ['api', ...relayNames(options.relays), ...CONSUMERS],
    env: { payment: { DECLINE_RATIO: String(options.declineRatio) } },
    ...(sabotage === undefined ? {} : { entries: { [sabotage.role]: sabotage.entry } }),
    ...(topicLimit === undefined ? {} : { topic: { config: { 'max.message.bytes': String(topicLimit) } } }),
    ...(suffix === undefined ? {} : { suffix }),
    logDirectory: options.logDirectory,
    progress: options.progress,
  });
  return {
    house: houseOf(environment),
    evidence: {
      mysqlUrl: environment.mysqlUrl,
      kafkaBrokers: environment.kafkaBrokers.split(','),
      topic: environment.topic,
      consumers: CONSUMERS.map((name) => ({
        name,
        mysqlUrl: environment.consumerMysqlUrls[name],
        groupId: environment.consumerGroups[name],
      })),
    },
    stop: () => environment.stop(),
  };
};
