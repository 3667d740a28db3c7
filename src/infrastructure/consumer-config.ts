import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { AccessToken } from '../application/operations/access-token.ts';
import { unnamedOperator } from './access-tokens.ts';
import { kafkaAccessOf, mysqlTlsOf, securityConflicts, securityVariables } from './connection-security.ts';
import { consumerFailpointNames } from './consumer-failpoints.ts';
import type { ConsumerFailpoint } from './consumer-failpoints.ts';
import { faultsOnSignalFrom } from './faults-on-signal.ts';
import type { FaultOnSignal } from './faults-on-signal.ts';
import type { KafkaAccess } from './kafka/kafka-access.ts';
import * as is from './settings.ts';
import type { Setting } from './settings.ts';
import type { TracingConfig } from './telemetry/tracing/open-tracer.ts';
import type { TlsTrust } from './tls-trust.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const failpoint: Setting<ConsumerFailpoint> = is.setting({
  expected: `one of ${consumerFailpointNames.join(', ')}, optionally followed by : and the how-manieth time`,
  parse: (text) => {
    const [name, hit = '1', ...rest] = text.split(':');
    const known = consumerFailpointNames.find((one) => one === name);
    const acceptable = known !== undefined && rest.length === 0 && /^[1-9]\d{0,8}$/.test(hit);
    return acceptable ? { name: known, hit: Number(hit) } : undefined;
  },
});

/** Each variable with its codec; the name of a codec says what it takes. */
export const consumerVariables = {
  CONSUMER_MYSQL_URL: is.mysqlUrl,
  KAFKA_BROKERS: is.brokers,
  ...securityVariables,
  ORDER_TOPIC: is.withDefault(is.topicName, 'orders.events.v1'),
  ORDERS_API_URL: is.httpUrl,
  HTTP_HOST: is.withDefault(is.hostName, '127.0.0.1'),
  CONSUMER_HTTP_PORT: is.withDefault(is.wholeNumber(0, 65_535), 0),
  REPROCESS_TOKEN: is.optional(is.listedToken),
  MYSQL_CONNECTIONS: is.withDefault(is.wholeNumber(2, 1_000), 12),
  MYSQL_ACQUIRE_TIMEOUT_MS: is.withDefault(is.milliseconds(10, 60_000), 1_000),
  MYSQL_QUERY_TIMEOUT_MS: is.withDefault(is.milliseconds(100, 60_000), 5_000),
  KAFKA_REQUEST_TIMEOUT_MS: is.withDefault(is.milliseconds(1_100, 60_000), 5_000),
  INBOX_RETENTION: is.withDefault(is.duration('1d', '3650d'), 2_592_000_000),
  JANITOR_EVERY: is.withDefault(is.duration('1s', '1d'), 600_000),
  SHUTDOWN_DEADLINE_MS: is.withDefault(is.milliseconds(100, 600_000), 10_000),
  LOG_LEVEL: is.withDefault(is.oneOf(LOG_LEVELS), 'info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: is.optional(is.httpUrl),
  TRACES_FILE: is.optional(is.filePath),
  FAILPOINT: is.optional(failpoint),
};

export interface ConsumerSettings {
  /** The consumer's own database. */
  readonly mysql: {
    readonly url: string;
    /** Undefined: connections are not encrypted. */
    readonly tls?: TlsTrust | undefined;
    readonly connections: number;
    readonly acquireTimeoutMs: number;
    readonly queryTimeoutMs: number;
  };
  readonly kafka: {
    readonly brokers: readonly string[];
    readonly access?: KafkaAccess;
    readonly topic: string;
    readonly requestTimeoutMs: number;
  };
  /** Callback paths are put behind it. */
  readonly callbackUrl: string;
  /** Progress, health and metrics. Port 0 takes any free one. */
  readonly http: { readonly host: string; readonly port: number };
  /** Who may re-process parked orders over HTTP; nobody without it. */
  readonly reprocessToken?: AccessToken | undefined;
  /** Inbox rows older than that are removed, once the topic cannot hold their records any more either. */
  readonly inboxRetentionMs: number;
  /** Pause between two runs of the janitor that does so. */
  readonly janitorEveryMs: number;
  readonly shutdownDeadlineMs: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Where traces go; without it, nowhere. */
  readonly tracing?: TracingConfig;
  /** Where a kill test lets the process die. */
  readonly failpoint: ConsumerFailpoint | undefined;
  /** What a test lets the process do to itself, one for each SIGUSR2. */
  readonly faultsOnSignal: readonly FaultOnSignal[];
}

/** One setting that is wrong: which variable, and a sentence that goes on after its name. */
export interface SettingProblem {
  readonly variable: string;
  readonly message: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const problemsOf = (errors: t.Errors): readonly SettingProblem[] =>
  errors.map(({ context, message }) => ({
    variable: context.at(-1)?.key ?? '',
    message: message ?? 'is not acceptable',
  }));

const settingsOf = (
  env: t.TypeOf<typeof Variables>,
  faultsOnSignal: ConsumerSettings['faultsOnSignal'],
): ConsumerSettings => ({
  mysql: {
    url: env.CONSUMER_MYSQL_URL,
    tls: mysqlTlsOf(env),
    connections: env.MYSQL_CONNECTIONS,
    acquireTimeoutMs: env.MYSQL_ACQUIRE_TIMEOUT_MS,
    queryTimeoutMs: env.MYSQL_QUERY_TIMEOUT_MS,
  },
  kafka: {
    brokers: env.KAFKA_BROKERS,
    access: kafkaAccessOf(env),
    topic: env.ORDER_TOPIC,
    requestTimeoutMs: env.KAFKA_REQUEST_TIMEOUT_MS,
  },
  callbackUrl: env.ORDERS_API_URL,
  http: { host: env.HTTP_HOST, port: env.CONSUMER_HTTP_PORT },
  reprocessToken: env.REPROCESS_TOKEN === undefined ? undefined : unnamedOperator(env.REPROCESS_TOKEN),
  inboxRetentionMs: env.INBOX_RETENTION,
  janitorEveryMs: env.JANITOR_EVERY,
  shutdownDeadlineMs: env.SHUTDOWN_DEADLINE_MS,
  logLevel: env.LOG_LEVEL,
  tracing: { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, file: env.TRACES_FILE },
  failpoint: env.FAILPOINT,
  faultsOnSignal,
});

const Variables = t.type(consumerVariables);

/**
 * Settings every consumer has, and the consumer's own (`own`, a codec per variable). Left: every problem found.
 * A failpoint, and what else harms the process for a test, is refused in production.
 */
export const decodeConsumerSettings = <Own extends t.Props>(
  env: Environment,
  own: Own,
): Either<readonly SettingProblem[], { readonly settings: ConsumerSettings; readonly own: t.TypeOfProps<Own> }> => {
  const common = Variables.decode(env);
  const special = t.strict(own).decode(env);
  const faultsOnSignal = faultsOnSignalFrom(env);
  const conflicts = securityConflicts(env, 'CONSUMER_MYSQL_URL');
  const forbidden = env['FAILPOINT'] !== undefined && env['NODE_ENV'] === 'production';
  const problems = [
    ...(E.isLeft(common) ? problemsOf(common.left) : []),
    ...(E.isLeft(special) ? problemsOf(special.left) : []),
    ...(forbidden
      ? [{ variable: 'FAILPOINT', message: 'is set: it kills the process and is refused in production' }]
      : []),
    ...(E.isLeft(faultsOnSignal) ? [{ variable: 'ON_SIGUSR2', message: faultsOnSignal.left }] : []),
    ...conflicts,
  ];
  return E.isLeft(common) || E.isLeft(special) || E.isLeft(faultsOnSignal) || problems.length > 0
    ? E.left(problems)
    : E.right({ settings: settingsOf(common.right, faultsOnSignal.right), own: special.right });
};
