import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type * as t from 'io-ts';
import { SASL_MECHANISMS } from './kafka/kafka-access.ts';
import type { KafkaAccess } from './kafka/kafka-access.ts';
import * as is from './settings.ts';
import type { Setting } from './settings.ts';
import type { TlsTrust } from './tls-trust.ts';

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Undefined when the file cannot be read, or has no certificate, or one that is none. */
const readCertificates = (path: string): string | undefined => {
  try {
    const text = readFileSync(path, 'utf8');
    const certificates = text.match(CERTIFICATES) ?? [];
    for (const certificate of certificates) new X509Certificate(certificate);
    return certificates.length === 0 ? undefined : text;
  } catch {
    return undefined;
  }
};

/** Path of a file, for the certificates in it. */
const certificateFile: Setting<string> = is.setting({
  expected: 'a readable file with certificates in PEM',
  parse: readCertificates,
});

const saslName: Setting<string> = is.setting({
  expected: 'the user’s name at the broker, at most 255 characters',
  parse: (text) => (text.length <= 255 ? text : undefined),
});
const saslPassword: Setting<string> = is.setting({
  expected: 'the user’s password at the broker, at most 1024 characters',
  secret: true,
  parse: (text) => (text.length <= 1_024 ? text : undefined),
});

const onOrOff = is.withDefault(is.oneOf(['on', 'off']), 'off');

/** How MySQL and Kafka are reached, for every process of ours alike. */
export const securityVariables = {
  MYSQL_TLS: onOrOff,
  MYSQL_TLS_CA: is.optional(certificateFile),
  KAFKA_TLS: onOrOff,
  KAFKA_TLS_CA: is.optional(certificateFile),
  KAFKA_SASL_MECHANISM: is.optional(is.oneOf(SASL_MECHANISMS)),
  KAFKA_SASL_USERNAME: is.optional(saslName),
  KAFKA_SASL_PASSWORD: is.optional(saslPassword),
};
type Security = t.TypeOfProps<typeof securityVariables>;

/** Undefined where connections are not encrypted. */
export const mysqlTlsOf = (env: Pick<Security, 'MYSQL_TLS' | 'MYSQL_TLS_CA'>): TlsTrust | undefined =>
  env.MYSQL_TLS === 'on' ? { ca: env.MYSQL_TLS_CA } : undefined;

export const kafkaAccessOf = (env: Security): KafkaAccess => {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  const isComplete = mechanism !== undefined && username !== undefined && password !== undefined;
  return {
    tls: env.KAFKA_TLS === 'on' ? { ca: env.KAFKA_TLS_CA } : undefined,
    sasl: isComplete ? { mechanism, username, password } : undefined,
  };
};

type RawEnvironment = Readonly<Record<string, string | undefined>>;
interface Problem {
  readonly variable: string;
  readonly message: string;
}

const unusedCa = (env: RawEnvironment, server: 'MYSQL' | 'KAFKA'): readonly Problem[] =>
  env[`${server}_TLS_CA`] !== undefined && env[`${server}_TLS`] !== 'on'
    ? [{ variable: `${server}_TLS_CA`, message: `is set, but nothing is verified by it: set ${server}_TLS to on` }]
    : [];

/** The driver verifies names only: it would take a certificate for `localhost` from any address. */
const unverifiableServer = (
  env: RawEnvironment,
  urlVariable: string,
  url = env[urlVariable] ?? '',
): readonly Problem[] => {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : '';
  return env['MYSQL_TLS'] === 'on' && isIP(host) !== 0
    ? [{ variable: urlVariable, message: 'has an address for a host: set it to the name in the server’s certificate' }]
    : [];
};

/** The same for URLs by name, separated by commas. */
export const unverifiableServers = (env: RawEnvironment, urlsVariable: string): readonly Problem[] =>
  (env[urlsVariable] ?? '')
    .split(',')
    .flatMap((entry) => unverifiableServer(env, urlsVariable, entry.slice(entry.indexOf('=') + 1).trim()))
    .slice(0, 1);

const SASL_PARTS = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;

const halfALogin = (env: RawEnvironment): readonly Problem[] => {
  const missing = SASL_PARTS.filter((variable) => env[variable] === undefined);
  return missing.length === SASL_PARTS.length
    ? []
    : missing.map((variable) => ({
        variable,
        message: `is not set, but others of ${SASL_PARTS.join(', ')} are: set all of them or none`,
      }));
};

const passwordInClear = (env: RawEnvironment): readonly Problem[] =>
  env['KAFKA_SASL_MECHANISM'] === 'PLAIN' && env['KAFKA_TLS'] !== 'on'
    ? [
        {
          variable: 'KAFKA_SASL_MECHANISM',
          message: 'is PLAIN, which sends the password as it is: set KAFKA_TLS to on, or it to another mechanism',
        },
      ]
    : [];

/** Settings that are acceptable alone but not together. */
export const securityConflicts = (env: RawEnvironment, urlVariable: string): readonly Problem[] => [
  ...unusedCa(env, 'MYSQL'),
  ...unusedCa(env, 'KAFKA'),
  ...unverifiableServer(env, urlVariable),
  ...halfALogin(env),
  ...passwordInClear(env),
];
