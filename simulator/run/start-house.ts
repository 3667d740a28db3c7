import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { startEnvironment } from '../../tools/environment/start-environment.ts';
import type { Environment } from '../../tools/environment/environment.ts';
import { findPort } from '../../tools/environment/ports.ts';
import type { ServerLayout } from '../../tools/environment/server-layout.ts';
import type { CollectorOptions } from '../checker/collect-evidence.ts';
import type { Sabotage } from '../sabotage/sabotage.ts';
import { FaultProxy } from '../faults/proxy/fault-proxy.ts';
import { Balancer } from '../upgrade/balancer.ts';
import { loadOnce, makeNextVersion } from '../upgrade/next-version.ts';
import type { House, HouseNeeds } from './house.ts';
import { readProgress } from './progress.ts';

export interface HouseOptions {
  readonly relays: number;
  /** Share of payments that are declined, 0–1. */
  readonly declineRatio: number;
  /** `max.message.bytes` of the topic; the environment's own choice when undefined. */
  readonly topicLimit: number | undefined;
  readonly needs?: HouseNeeds;
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

interface Between {
  readonly proxies: House['proxies'];
  readonly balancer: Balancer | undefined;
  readonly nextVersion: string | undefined;
}

const houseOf = (environment: Environment, { proxies, balancer, nextVersion }: Between): House => {
  const kafka = new Kafka({
    clientId: 'orderly-simulator',
    brokers: environment.kafkaBrokers.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { retries: 3 },
  });
  return {
    apiUrl: balancer?.url ?? environment.apiUrl,
    ...(balancer === undefined ? {} : { balancer }),
    get paymentMysqlUrl() {
      return environment.consumerMysqlUrls.payment;
    },
    operatorToken: environment.operatorToken,
    topic: environment.topic,
    kafka,
    get mysqlUrl() {
      return environment.mysqlUrl;
    },
    replicaUrl: environment.mysqlReplicaUrl,
    followReplica: () => {
      if (proxies.mysql === undefined) throw new Error('no proxy stands between the roles and MySQL');
      environment.followReplica();
      proxies.mysql.moveTo(new URL(environment.mysqlUrl).host);
    },
    proxies,
    ...(nextVersion === undefined ? {} : { nextVersion }),
    disks: environment.disks,
    kill: (name) => environment.kill(name),
    signal: (name, signal) => environment.kill(name, signal),
    pidOf: (name) => environment.pidOf(name),
    addRole: (name, checkout) => environment.addRole(name, checkout === undefined ? {} : { checkout }),
    removeRole: (name) => environment.removeRole(name),
    urlOf: (role) => environment.urlOf(role),
    revive: (name) => environment.revive(name, REVIVE_BOUND_MS),
    restartWith: (name, env) => environment.restartWith(name, env),
    admin: async (act) => {
      const admin = kafka.admin();
      await admin.connect();
      try {
        return await act(admin);
      } finally {
        await admin.disconnect();
      }
    },
    progress: () =>
      readProgress(
        environment.mysqlUrl,
        CONSUMERS.map((name) => ({ name, mysqlUrl: environment.consumerMysqlUrls[name] })),
      ),
  };
};

interface OpenProxies {
  readonly servers: ServerLayout;
  readonly proxies: () => House['proxies'];
  close(): Promise<void>;
}

/** A server that is laid out twice, since its port was taken, gets a second proxy; only the last one counts. */
const openProxies = ({
  proxies = [],
  proxiesFrom,
  mysqlSettings = [],
  kafkaSettings = {},
  disks = {},
  brokers,
  replication,
}: HouseNeeds): OpenProxies => {
  const opened: FaultProxy[] = [];
  const latest: { mysql?: FaultProxy; kafka?: FaultProxy } = {};
  const interposed = (server: 'mysql' | 'kafka') => async (address: string) => {
    const proxy = await FaultProxy.open(address, proxiesFrom);
    opened.push(proxy);
    latest[server] = proxy;
    return proxy.address;
  };
  return {
    servers: {
      mysqlSettings,
      kafkaSettings,
      disks,
      ...(brokers === undefined ? {} : { brokers }),
      ...(replication === undefined ? {} : { replication }),
      interpose: {
        ...(proxies.includes('mysql') ? { mysql: interposed('mysql') } : {}),
        ...(proxies.includes('kafka') ? { kafka: interposed('kafka') } : {}),
      },
    },
    proxies: () => latest,
    close: async () => {
      await Promise.all(opened.map((proxy) => proxy.close()));
    },
  };
};

/** The first API has its port from the start, as its address is told to roles before it runs. */
const shareApi = async ({ sharedApi }: HouseNeeds) => {
  if (sharedApi !== true) return undefined;
  const apiPort = await findPort();
  return { apiPort, balancer: await Balancer.open(`http://127.0.0.1:${apiPort}`) };
};

/** In the directory of the run, which is removed at its end. */
const prepareNextVersion = async (
  { nextVersion }: HouseNeeds,
  directory: string,
  progress: HouseOptions['progress'],
): Promise<string | undefined> => {
  if (nextVersion !== true) return undefined;
  progress('making the next version');
  const root = join(directory, 'next-version');
  await makeNextVersion(root);
  await loadOnce(root);
  return root;
};

/** Brings up real servers and every role. @throws EnvironmentError in words for the person at the terminal. */
export const startHouse = async (options: HouseOptions): Promise<StartedHouse> => {
  const { sabotage, suffix, needs = {} } = options;
  const topicLimit = options.topicLimit ?? needs.topicLimit;
  const between = openProxies(needs);
  const shared = await shareApi(needs);
  const consumerEnv = shared === undefined ? {} : { ORDERS_API_URL: shared.balancer.url };
  const close = async (): Promise<void> => {
    await between.close();
    await shared?.balancer.close();
  };
  const environment = await startEnvironment({
    roles: ['api', ...relayNames(options.relays), ...CONSUMERS],
    env: {
      ...needs.env,
      payment: { DECLINE_RATIO: String(options.declineRatio), ...consumerEnv, ...needs.env?.payment },
      shipping: { ...consumerEnv, ...needs.env?.shipping },
    },
    ...(shared === undefined ? {} : { apiPort: shared.apiPort }),
    servers: between.servers,
    ...(sabotage === undefined ? {} : { entries: { [sabotage.role]: sabotage.entry } }),
    ...(topicLimit === undefined ? {} : { topic: { config: { 'max.message.bytes': String(topicLimit) } } }),
    ...(suffix === undefined ? {} : { suffix }),
    logDirectory: options.logDirectory,
    progress: options.progress,
  }).catch(async (cause: unknown) => {
    await close();
    throw cause;
  });
  const nextVersion = await prepareNextVersion(needs, environment.directory, options.progress).catch(
    async (cause: unknown) => {
      await environment.stop();
      await close();
      throw cause;
    },
  );
  return {
    house: houseOf(environment, { proxies: between.proxies(), balancer: shared?.balancer, nextVersion }),
    evidence: {
      get mysqlUrl() {
        return environment.mysqlUrl;
      },
      kafkaBrokers: environment.kafkaBrokers.split(','),
      topic: environment.topic,
      consumers: CONSUMERS.map((name) => ({
        name,
        get mysqlUrl() {
          return environment.consumerMysqlUrls[name];
        },
        groupId: environment.consumerGroups[name],
      })),
    },
    stop: async () => {
      await environment.stop();
      await close();
    },
  };
};
