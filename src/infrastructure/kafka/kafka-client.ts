import type { ISocketFactory, KafkaConfig, LogEntry, SASLOptions } from 'kafkajs';
import { Kafka, logLevel } from 'kafkajs';
import { tlsOptionsOf } from '../tls-trust.ts';
import type { KafkaAccess, SaslLogin } from './kafka-access.ts';

/** One line of the Kafka client's own log, without payloads: only the fields named in `SHOWN`. */
export interface KafkaLogLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** Part of the client that speaks, e.g. `Connection`. */
  readonly namespace: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

export interface KafkaClientOptions {
  /** `host:port` of each. */
  readonly brokers: readonly string[];
  /** Without it, in clear and without a name. */
  readonly access?: KafkaAccess | undefined;
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
  /** How long an answer may take, milliseconds. */
  readonly requestTimeoutMs?: number;
  /** How long a TCP connection may take, milliseconds. */
  readonly connectionTimeoutMs?: number;
  /** Retries the client makes by itself; without it kafkajs' own default (5). */
  readonly retries?: number;
  /** Least severe level that reaches `log`. */
  readonly logLevel?: KafkaLogLine['level'];
  /** Where the client's log goes; without it the client is silent. */
  readonly log?: (line: KafkaLogLine) => void;
  readonly socketFactory?: ISocketFactory;
}

const LEVELS = {
  error: logLevel.ERROR,
  warn: logLevel.WARN,
  info: logLevel.INFO,
  debug: logLevel.DEBUG,
} as const;

const SHOWN = [
  'broker',
  'clientId',
  'code',
  'error',
  'groupId',
  'memberId',
  'partition',
  'retryCount',
  'retryTime',
  'topic',
] as const;

const nameOf = (level: logLevel): KafkaLogLine['level'] => {
  if (level <= logLevel.ERROR) return 'error';
  if (level === logLevel.WARN) return 'warn';
  return level === logLevel.INFO ? 'info' : 'debug';
};

const lineOf = ({ namespace, level, log }: LogEntry): KafkaLogLine => {
  const fields: Readonly<Record<string, unknown>> = log;
  const details: Record<string, string | number | boolean> = {};
  for (const name of SHOWN) {
    const value = fields[name];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') details[name] = value;
  }
  return { level: nameOf(level), namespace, message: log.message, details };
};

const loginOf = ({ mechanism, username, password }: SaslLogin): SASLOptions => {
  switch (mechanism) {
    case 'PLAIN':
      return { mechanism: 'plain', username, password };
    case 'SCRAM-SHA-256':
      return { mechanism: 'scram-sha-256', username, password };
    case 'SCRAM-SHA-512':
      return { mechanism: 'scram-sha-512', username, password };
  }
};

const accessOf = ({ tls, sasl }: KafkaAccess = {}): Pick<KafkaConfig, 'ssl' | 'sasl'> => ({
  ...(tls === undefined ? {} : { ssl: tlsOptionsOf(tls) }),
  ...(sasl === undefined ? {} : { sasl: loginOf(sasl) }),
});

/**
 * A kafkajs client with bounded time-outs (its own defaults allow minutes) and its log handed to `log`.
 * Topic creation is refused where a producer or consumer is made from it: pass `allowAutoTopicCreation: false`.
 */
export const createKafka = (options: KafkaClientOptions): Kafka => {
  const { log } = options;
  return new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    ...accessOf(options.access),
    connectionTimeout: options.connectionTimeoutMs ?? 2_000,
    authenticationTimeout: 5_000,
    requestTimeout: options.requestTimeoutMs ?? 5_000,
    ...(options.retries === undefined ? {} : { retry: { retries: options.retries } }),
    ...(options.socketFactory === undefined ? {} : { socketFactory: options.socketFactory }),
    logLevel: log === undefined ? logLevel.NOTHING : LEVELS[options.logLevel ?? 'warn'],
    logCreator: () => (entry) => log?.(lineOf(entry)),
  });
};
