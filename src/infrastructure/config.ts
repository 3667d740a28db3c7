import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { AccessToken } from '../application/operations/access-token.ts';
import { accessTokens, standsForTwo, unnamedOperator } from './access-tokens.ts';
import {
  kafkaAccessOf,
  mysqlTlsOf,
  securityConflicts,
  securityVariables,
  unverifiableServers,
} from './connection-security.ts';
import { failpointFrom } from './failpoints.ts';
import type { Failpoint } from './failpoints.ts';
import { faultsOnSignalFrom } from './faults-on-signal.ts';
import type { FaultOnSignal } from './faults-on-signal.ts';
import { janitorFrom } from './janitor-config.ts';
import type { JanitorConfig } from './janitor-config.ts';
import type { KafkaAccess } from './kafka/kafka-access.ts';
import * as is from './settings.ts';
import type { TracingConfig } from './telemetry/tracing/open-tracer.ts';
import type { TlsTrust } from './tls-trust.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const KAFKA_CLIENTS = ['kafkajs', 'platformatic'] as const;
/** The library that the relay publishes with. */
export type KafkaClientName = (typeof KAFKA_CLIENTS)[number];
const port = is.wholeNumber(0, 65_535);

const mysqlNumbers = {
  MYSQL_CONNECTIONS: is.withDefault(is.wholeNumber(1, 1_000), 16),
  MYSQL_ACQUIRE_TIMEOUT_MS: is.withDefault(is.milliseconds(10, 60_000), 1_000),
  // Longer than a statement may wait for a row lock (1 s).
  MYSQL_QUERY_TIMEOUT_MS: is.withDefault(is.milliseconds(1_500, 60_000), 5_000),
};

/** Numbers that the rules below compare, among others. */
const numericVariables = {
  ...mysqlNumbers,
  KAFKA_REQUEST_TIMEOUT_MS: is.withDefault(is.milliseconds(1_100, 60_000), 5_000),
  ORDER_PARTITIONS: is.withDefault(is.wholeNumber(1, 1_000), 6),
  HTTP_PORT: is.withDefault(port, 8_080),
  RELAY_HTTP_PORT: is.withDefault(port, 8_081),
  JANITOR_HTTP_PORT: is.withDefault(port, 8_082),
  HTTP_RATE_LIMIT_PER_SECOND: is.withDefault(is.wholeNumber(1, 1_000_000), 5_000),
  HTTP_REQUEST_TIMEOUT_MS: is.withDefault(is.milliseconds(100, 120_000), 10_000),
  RELAY_LEASE_MS: is.withDefault(is.milliseconds(1_000, 600_000), 10_000),
  RELAY_POLL_MIN_MS: is.withDefault(is.milliseconds(1, 60_000), 5),
  RELAY_POLL_MAX_MS: is.withDefault(is.milliseconds(1, 60_000), 500),
  RELAY_DOORBELL_PORT: is.withDefault(port, 0),
  RELAY_BATCH_RECORDS: is.withDefault(is.wholeNumber(1, 10_000), 500),
  RELAY_RETRY_BASE_MS: is.withDefault(is.milliseconds(1, 600_000), 250),
  RELAY_RETRY_CAP_MS: is.withDefault(is.milliseconds(1, 3_600_000), 30_000),
  OUTBOX_MAX_EVENT_BYTES: is.withDefault(is.wholeNumber(1_024, 16_777_216, 'bytes'), 16_777_216),
  SHUTDOWN_DEADLINE_MS: is.withDefault(is.milliseconds(100, 600_000), 10_000),
};
type NumericVariable = keyof typeof numericVariables;

const toolVariables = {
  ...mysqlNumbers,
  ...securityVariables,
  MYSQL_URL: is.mysqlUrl,
  PROGRESS_URLS: is.withDefault(is.namedUrls, new Map<string, string>()),
  RELAY_DOORBELL: is.withDefault(is.oneOf(['on', 'off']), 'on'),
  CONSUMER_MYSQL_URLS: is.withDefault(is.namedMySqlUrls, new Map<string, string>()),
  REPROCESS_TOKENS: is.withDefault(is.namedTokens, new Map<string, string>()),
};

const serviceVariables = {
  ...toolVariables,
  ...numericVariables,
  KAFKA_BROKERS: is.brokers,
  KAFKA_CLIENT: is.withDefault(is.oneOf(KAFKA_CLIENTS), 'kafkajs'),
  ORDER_TOPIC: is.withDefault(is.topicName, 'orders.events.v1'),
  HTTP_HOST: is.withDefault(is.hostName, '127.0.0.1'),
  ACCESS_TOKENS: is.withDefault(accessTokens, []),
  OPERATOR_TOKEN: is.optional(is.secretToken),
  CONSOLE_SESSION_KEY: is.optional(is.secretToken),
  RELAY_DOORBELL_HOST: is.withDefault(is.reachableAddress, '127.0.0.1'),
  LOG_LEVEL: is.withDefault(is.oneOf(LOG_LEVELS), 'info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: is.optional(is.httpUrl),
  TRACES_FILE: is.optional(is.filePath),
};

const ToolEnvironment = t.type(toolVariables);
const ServiceEnvironment = t.type(serviceVariables);
type ToolEnvironment = t.TypeOf<typeof ToolEnvironment>;
type ServiceEnvironment = t.TypeOf<typeof ServiceEnvironment>;

export interface MySqlConfig {
  readonly url: string;
  /** Undefined: connections are not encrypted. */
  readonly tls: TlsTrust | undefined;
  readonly connections: number;
  /** How long a unit of work waits for a free connection. */
  readonly acquireTimeoutMs: number;
  readonly queryTimeoutMs: number;
}

/** What the operator's tools need. */
export interface ToolConfig {
  readonly mysql: MySqlConfig;
  /** Base URL of each consumer that answers `GET /progress/:orderId`, by the consumer's name. */
  readonly progressUrls: ReadonlyMap<string, string>;
  /** Wakes relays in other processes after a commit; without it they find by polling what was committed. */
  readonly doorbell: { readonly isOn: boolean };
  /** MySQL URL of each consumer's own database, by the consumer's name: for the doctor alone. */
  readonly consumerMysqlUrls: ReadonlyMap<string, string>;
  /** What each consumer wants to be shown before it re-processes what it has parked, by the consumer's name. */
  readonly reprocessTokens: ReadonlyMap<string, string>;
}

export interface ServiceConfig extends ToolConfig {
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly access: KafkaAccess;
    readonly client: KafkaClientName;
    readonly topic: string;
    /** Number of partitions the lanes are computed with; must equal the topic's and never change. */
    readonly partitions: number;
    readonly requestTimeoutMs: number;
    /** Shorter than `requestTimeoutMs`, so that the broker gives up first. */
    readonly produceTimeoutMs: number;
  };
  readonly http: {
    readonly host: string;
    /** 0 takes any free port. */
    readonly port: number;
    /** Health and metrics of a process that runs the relay only. */
    readonly relayPort: number;
    /** The same of a janitor. */
    readonly janitorPort: number;
    /** Requests per second and client address. */
    readonly rateLimitPerSecond: number;
    /** A request that has not arrived whole by then is cut off. */
    readonly requestTimeoutMs: number;
    /** Who may look at the outbox, or act on it; nobody while there is none. */
    readonly accessTokens: readonly AccessToken[];
    /** Signs the sessions of the console; undefined: one that ends with the process. */
    readonly consoleSessionKey: string | undefined;
  };
  readonly relay: {
    readonly leaseMs: number;
    readonly pollMinMs: number;
    readonly pollMaxMs: number;
    readonly batchRecords: number;
    readonly retryBaseMs: number;
    readonly retryCapMs: number;
  };
  readonly doorbell: ToolConfig['doorbell'] & {
    /** Where a relay listens (UDP), which it tells the others. Port 0 takes any free one. */
    readonly listen: { readonly host: string; readonly port: number };
  };
  readonly janitor: JanitorConfig;
  readonly outboxMaxEventBytes: number;
  readonly shutdownDeadlineMs: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly tracing: TracingConfig;
  /** Where a kill test lets the process die. */
  readonly failpoint: Failpoint | undefined;
  /** What a test lets the process do to itself, one for each SIGUSR2. */
  readonly faultsOnSignal: readonly FaultOnSignal[];
}

/** One setting that is wrong: which variable, and a sentence that goes on after its name. */
export interface ConfigProblem {
  readonly variable: string;
  readonly message: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** `MYSQL_URL is not set: set it to …` */
export const describeConfigProblem = ({ variable, message }: ConfigProblem): string => `${variable} ${message}`;

const problemsOf = (errors: t.Errors): readonly ConfigProblem[] =>
  errors.map(({ context, message }) => ({
    variable: context.at(-1)?.key ?? '',
    message: message ?? 'is not acceptable',
  }));

interface Rule {
  readonly variable: NumericVariable;
  /** The largest value that goes with the other settings. */
  readonly most: (valueOf: (name: NumericVariable) => number) => number;
  /** How `most` comes about. */
  readonly because: string;
}

/**
 * A lease is renewed when a quarter of it has passed, and nothing is begun that could outlast it: so one answer must
 * come within the other three quarters.
 */
const answersBeforeLeaseEnds = (variable: NumericVariable): Rule => ({
  variable,
  most: (valueOf) => Math.ceil((valueOf('RELAY_LEASE_MS') * 3) / 4) - 1,
  because: 'less than three quarters of RELAY_LEASE_MS, or the relay would lose its lease while it waits',
});

const rules: readonly Rule[] = [
  answersBeforeLeaseEnds('KAFKA_REQUEST_TIMEOUT_MS'),
  answersBeforeLeaseEnds('MYSQL_QUERY_TIMEOUT_MS'),
  {
    variable: 'RELAY_POLL_MIN_MS',
    most: (valueOf) => valueOf('RELAY_POLL_MAX_MS'),
    because: 'not more than RELAY_POLL_MAX_MS',
  },
  {
    variable: 'RELAY_RETRY_BASE_MS',
    most: (valueOf) => valueOf('RELAY_RETRY_CAP_MS'),
    because: 'not more than RELAY_RETRY_CAP_MS',
  },
];

/** Settings that are acceptable alone but not together. A setting that is wrong by itself breaks no rule. */
const conflicts = (env: Environment): readonly ConfigProblem[] => {
  const valueOf = (name: NumericVariable): number => {
    const decoded = numericVariables[name].decode(env[name]);
    return E.isRight(decoded) ? decoded.right : NaN;
  };
  const problems = rules
    .filter(({ variable, most }) => valueOf(variable) > most(valueOf))
    .map(({ variable, most, because }) => ({
      variable,
      message: `is ${valueOf(variable)}: set it to at most ${most(valueOf)}, ${because}`,
    }));
  return [...problems, ...sharedPorts(valueOf), ...sharedToken(env), ...toolConflicts(env)];
};

const namesIn = (codec: is.Setting<ReadonlyMap<string, string>>, text: string | undefined): readonly string[] => {
  const decoded = codec.decode(text);
  return E.isRight(decoded) ? [...decoded.right.keys()] : [];
};

/** Tokens for consumers whose address is not known would be set in vain. */
const tokensForNobody = ({ PROGRESS_URLS: urls, REPROCESS_TOKENS: tokens }: Environment): readonly ConfigProblem[] => {
  const known = namesIn(is.namedUrls, urls);
  return namesIn(is.namedTokens, tokens)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      variable: 'REPROCESS_TOKENS',
      message: `names ${name}: set PROGRESS_URLS to the address of ${name}, too`,
    }));
};

const toolConflicts = (env: Environment): readonly ConfigProblem[] => [
  ...securityConflicts(env, 'MYSQL_URL'),
  ...unverifiableServers(env, 'CONSUMER_MYSQL_URLS'),
  ...tokensForNobody(env),
];

const PORTS = ['HTTP_PORT', 'RELAY_HTTP_PORT', 'JANITOR_HTTP_PORT'] as const;

/** Each port that an earlier one of the list has already; 0 is any free one. */
const sharedPorts = (valueOf: (name: NumericVariable) => number): readonly ConfigProblem[] =>
  PORTS.flatMap((variable, index) => {
    const value = valueOf(variable);
    const earlier = value === 0 ? undefined : PORTS.slice(0, index).find((name) => valueOf(name) === value);
    return earlier === undefined ? [] : [{ variable, message: `is ${value} like ${earlier}: set it to another port` }];
  });

const sharedToken = ({ ACCESS_TOKENS: named, OPERATOR_TOKEN: unnamed }: Environment): readonly ConfigProblem[] =>
  standsForTwo(named, unnamed)
    ? [{ variable: 'ACCESS_TOKENS', message: 'has the token of OPERATOR_TOKEN: set one of them to another token' }]
    : [];

const doorbellOf = ({ RELAY_DOORBELL }: Pick<ToolEnvironment, 'RELAY_DOORBELL'>): ToolConfig['doorbell'] => ({
  isOn: RELAY_DOORBELL === 'on',
});

const toolConfigOf = (env: ToolEnvironment): ToolConfig => ({
  mysql: {
    url: env.MYSQL_URL,
    tls: mysqlTlsOf(env),
    connections: env.MYSQL_CONNECTIONS,
    acquireTimeoutMs: env.MYSQL_ACQUIRE_TIMEOUT_MS,
    queryTimeoutMs: env.MYSQL_QUERY_TIMEOUT_MS,
  },
  progressUrls: env.PROGRESS_URLS,
  doorbell: doorbellOf(env),
  consumerMysqlUrls: env.CONSUMER_MYSQL_URLS,
  reprocessTokens: env.REPROCESS_TOKENS,
});

const tokensOf = (env: Pick<ServiceEnvironment, 'ACCESS_TOKENS' | 'OPERATOR_TOKEN'>): readonly AccessToken[] => [
  ...(env.OPERATOR_TOKEN === undefined ? [] : [unnamedOperator(env.OPERATOR_TOKEN)]),
  ...env.ACCESS_TOKENS,
];

const serviceConfigOf = (
  env: ServiceEnvironment,
  special: Pick<ServiceConfig, 'failpoint' | 'faultsOnSignal' | 'janitor'>,
): ServiceConfig => ({
  ...toolConfigOf(env),
  kafka: {
    brokers: env.KAFKA_BROKERS,
    access: kafkaAccessOf(env),
    client: env.KAFKA_CLIENT,
    topic: env.ORDER_TOPIC,
    partitions: env.ORDER_PARTITIONS,
    requestTimeoutMs: env.KAFKA_REQUEST_TIMEOUT_MS,
    produceTimeoutMs: env.KAFKA_REQUEST_TIMEOUT_MS - 1_000,
  },
  http: {
    host: env.HTTP_HOST,
    port: env.HTTP_PORT,
    relayPort: env.RELAY_HTTP_PORT,
    janitorPort: env.JANITOR_HTTP_PORT,
    rateLimitPerSecond: env.HTTP_RATE_LIMIT_PER_SECOND,
    requestTimeoutMs: env.HTTP_REQUEST_TIMEOUT_MS,
    accessTokens: tokensOf(env),
    consoleSessionKey: env.CONSOLE_SESSION_KEY,
  },
  relay: {
    leaseMs: env.RELAY_LEASE_MS,
    pollMinMs: env.RELAY_POLL_MIN_MS,
    pollMaxMs: env.RELAY_POLL_MAX_MS,
    batchRecords: env.RELAY_BATCH_RECORDS,
    retryBaseMs: env.RELAY_RETRY_BASE_MS,
    retryCapMs: env.RELAY_RETRY_CAP_MS,
  },
  doorbell: { ...doorbellOf(env), listen: { host: env.RELAY_DOORBELL_HOST, port: env.RELAY_DOORBELL_PORT } },
  outboxMaxEventBytes: env.OUTBOX_MAX_EVENT_BYTES,
  shutdownDeadlineMs: env.SHUTDOWN_DEADLINE_MS,
  logLevel: env.LOG_LEVEL,
  tracing: { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, file: env.TRACES_FILE },
  ...special,
});

/** Settings of the service's roles. Left: every problem found, none hidden behind another. */
export const decodeServiceConfig = (env: Environment): Either<readonly ConfigProblem[], ServiceConfig> => {
  const decoded = ServiceEnvironment.decode(env);
  const janitor = janitorFrom(env);
  const failpoint = failpointFrom(env);
  const faultsOnSignal = faultsOnSignalFrom(env);
  const problems = [
    ...(E.isLeft(decoded) ? problemsOf(decoded.left) : []),
    ...(E.isLeft(janitor) ? problemsOf(janitor.left) : []),
    ...(E.isLeft(failpoint) ? [{ variable: 'FAILPOINT', message: failpoint.left.replace(/^FAILPOINT /, '') }] : []),
    ...(E.isLeft(faultsOnSignal) ? [{ variable: 'ON_SIGUSR2', message: faultsOnSignal.left }] : []),
    ...conflicts(env),
  ];
  if (E.isLeft(decoded) || E.isLeft(janitor) || E.isLeft(failpoint) || E.isLeft(faultsOnSignal) || problems.length > 0)
    return E.left(problems);
  return E.right(
    serviceConfigOf(decoded.right, {
      janitor: janitor.right,
      failpoint: failpoint.right,
      faultsOnSignal: faultsOnSignal.right,
    }),
  );
};

/** Settings of the operator's tools, which need the database only. */
export const decodeToolConfig = (env: Environment): Either<readonly ConfigProblem[], ToolConfig> => {
  const decoded = ToolEnvironment.decode(env);
  const problems = [...(E.isLeft(decoded) ? problemsOf(decoded.left) : []), ...toolConflicts(env)];
  return E.isLeft(decoded) || problems.length > 0 ? E.left(problems) : E.right(toolConfigOf(decoded.right));
};
