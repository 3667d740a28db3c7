import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeServiceConfig, decodeToolConfig, describeConfigProblem } from '../../src/infrastructure/config.ts';
import type { Environment } from '../../src/infrastructure/config.ts';
import { ORDER_EVENTS_TOPIC } from '../../src/interfaces/contract/topic.ts';
import { leftOf, rightOf } from '../support/decoded.ts';

const REQUIRED: Environment = { MYSQL_URL: 'mysql://app:secret@db:3306/orders', KAFKA_BROKERS: 'k1:9092,k2:9092' };
const SECRET = 'a-secret-of-the-tests';
const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
const problemsWith = (env: Environment): readonly string[] =>
  leftOf(decodeServiceConfig({ ...REQUIRED, ...env })).map(describeConfigProblem);

describe('settings of the service', () => {
  it('given the two required ones / then all others have their defaults', () => {
    const config = rightOf(decodeServiceConfig(REQUIRED));
    expect(config.kafka).to.deep.equal({
      brokers: ['k1:9092', 'k2:9092'],
      access: { tls: undefined, sasl: undefined },
      topic: ORDER_EVENTS_TOPIC,
      client: 'kafkajs',
      partitions: 6,
      requestTimeoutMs: 5_000,
      produceTimeoutMs: 4_000,
    });
    expect(config.http).to.include({ host: '127.0.0.1', port: 8_080, relayPort: 8_081 });
    expect(config.http.accessTokens).to.deep.equal([]);
    expect(config.relay.leaseMs).to.equal(10_000);
    expect(config.doorbell).to.deep.equal({ isOn: true, listen: { host: '127.0.0.1', port: 0 } });
    expect(config.janitor).to.deep.equal({ outboxRetentionMs: 604_800_000, everyMs: 600_000 });
    expect(config.failpoint).to.equal(undefined);
  });

  it('takes times with their unit; tests may keep events shorter than others', () => {
    const janitor = (env: Environment): unknown => rightOf(decodeServiceConfig({ ...REQUIRED, ...env })).janitor;
    expect(janitor({ OUTBOX_RETENTION: '36h', JANITOR_EVERY: '90s' })).to.deep.equal({
      outboxRetentionMs: 129_600_000,
      everyMs: 90_000,
    });
    expect(janitor({ OUTBOX_RETENTION: '2s', NODE_ENV: 'test' })).to.include({ outboxRetentionMs: 2_000 });
  });

  it('given nothing / then each missing one is named, with what to set', () => {
    expect(leftOf(decodeServiceConfig({})).map(describeConfigProblem)).to.deep.equal([
      'MYSQL_URL is not set: set it to mysql://user:password@host:port/database, without parameters',
      'KAFKA_BROKERS is not set: set it to host:port, more of them separated by commas',
    ]);
  });

  const cases: readonly (readonly [title: string, env: Environment, problems: readonly RegExp[]])[] = [
    ['an empty variable', { LOG_LEVEL: '' }, [/^LOG_LEVEL is empty: set it to one of/]],
    ['blanks for a value', { HTTP_PORT: ' ' }, [/^HTTP_PORT is empty/]],
    ['no number', { HTTP_PORT: 'http' }, [/^HTTP_PORT is "http": set it to a whole number from 0 to 65535$/]],
    ['half a number', { ORDER_PARTITIONS: '6.5' }, [/^ORDER_PARTITIONS is "6\.5"/]],
    ['a number in another base', { ORDER_PARTITIONS: '0x6' }, [/^ORDER_PARTITIONS is "0x6"/]],
    ['a port out of range', { RELAY_HTTP_PORT: '70000' }, [/^RELAY_HTTP_PORT is "70000"/]],
    ['zero for a rate', { HTTP_RATE_LIMIT_PER_SECOND: '0' }, [/^HTTP_RATE_LIMIT_PER_SECOND is "0"/]],
    [
      'a URL of another database',
      { MYSQL_URL: 'postgres://a:b@c/d' },
      [/^MYSQL_URL is not acceptable: set it to mysql:/],
    ],
    ['a URL without a database', { MYSQL_URL: 'mysql://a:b@c:3306' }, [/^MYSQL_URL is not acceptable/]],
    ['a URL without a user', { MYSQL_URL: 'mysql://c:3306/d' }, [/^MYSQL_URL is not acceptable/]],
    ['a driver option in the URL', { MYSQL_URL: 'mysql://a:b@c/d?multipleStatements=true' }, [/^MYSQL_URL is not/]],
    ['no URL at all', { MYSQL_URL: 'db' }, [/^MYSQL_URL is not acceptable/]],
    ['a broker without a port', { KAFKA_BROKERS: 'k1' }, [/^KAFKA_BROKERS is "k1"/]],
    ['a broker with a bad port', { KAFKA_BROKERS: 'k1:9092,k2:99999' }, [/^KAFKA_BROKERS is "k1:9092,k2:99999"/]],
    ['a comma too many', { KAFKA_BROKERS: 'k1:9092,' }, [/^KAFKA_BROKERS is/]],
    ['a bad topic name', { ORDER_TOPIC: 'orders events' }, [/^ORDER_TOPIC is "orders events"/]],
    ['a bad host name', { HTTP_HOST: 'a b' }, [/^HTTP_HOST is "a b"/]],
    ['a bad consumer address', { PROGRESS_URLS: 'payment' }, [/^PROGRESS_URLS is "payment"/]],
    [
      'a consumer’s database that is none, whose password is not repeated',
      { CONSUMER_MYSQL_URLS: 'payment=mysql://a:of-payment@h/b,shipping=postgres://a:of-shipping@h/b' },
      [/^CONSUMER_MYSQL_URLS is not acceptable: set it to name=mysql:(?!.*of-)/],
    ],
    ['a consumer twice', { PROGRESS_URLS: 'a=http://x:1,a=http://y:1' }, [/^PROGRESS_URLS is/]],
    [
      'a short token for a consumer',
      { PROGRESS_URLS: 'a=http://x:1', REPROCESS_TOKENS: 'a=short' },
      [/^REPROCESS_TOKENS is not acceptable: set it to name=TOKEN/],
    ],
    [
      'a token for a consumer without an address',
      { PROGRESS_URLS: 'a=http://x:1', REPROCESS_TOKENS: `b=${SECRET}` },
      [/^REPROCESS_TOKENS names b: set PROGRESS_URLS/],
    ],
    [
      'a doorbell on every address of the machine',
      { RELAY_DOORBELL_HOST: '0.0.0.0' },
      [/^RELAY_DOORBELL_HOST is "0\.0\.0\.0": set it to one IP address of this machine/],
    ],
    ['the same in IPv6', { RELAY_DOORBELL_HOST: '0:0:0:0:0:0:0:0' }, [/^RELAY_DOORBELL_HOST is "0:0:0:0:0:0:0:0"/]],
    ['a name for a doorbell', { RELAY_DOORBELL_HOST: 'localhost' }, [/^RELAY_DOORBELL_HOST is "localhost"/]],
    ['half a doorbell', { RELAY_DOORBELL: 'maybe' }, [/^RELAY_DOORBELL is "maybe": set it to one of on, off$/]],
    ['a short operator token', { OPERATOR_TOKEN: 'short' }, [/^OPERATOR_TOKEN is not acceptable/]],
    [
      'a token without a role',
      { ACCESS_TOKENS: `anna:${SECRET}` },
      [/^ACCESS_TOKENS is not acceptable: set it to NAME:ROLE:TOKEN/],
    ],
    ['an unknown role', { ACCESS_TOKENS: `anna:root:${SECRET}` }, [/ROLE one of viewer, operator/]],
    ['a short named token', { ACCESS_TOKENS: 'anna:viewer:short' }, [/^ACCESS_TOKENS is not acceptable/]],
    ['half a digest', { ACCESS_TOKENS: 'anna:viewer:sha256:ab' }, [/^ACCESS_TOKENS is not acceptable/]],
    [
      'a name twice',
      { ACCESS_TOKENS: `anna:viewer:${SECRET},anna:operator:${SECRET}2` },
      [/^ACCESS_TOKENS is not acceptable.*each name and token once/],
    ],
    [
      'a token twice, once by its digest',
      { ACCESS_TOKENS: `anna:viewer:${SECRET},board:viewer:sha256:${sha256Of(SECRET)}` },
      [/^ACCESS_TOKENS is not acceptable/],
    ],
    [
      'one token with a name and without',
      { ACCESS_TOKENS: `anna:viewer:${SECRET}`, OPERATOR_TOKEN: SECRET },
      [/^ACCESS_TOKENS has the token of OPERATOR_TOKEN/],
    ],
    [
      'an unknown Kafka client',
      { KAFKA_CLIENT: 'rdkafka' },
      [/^KAFKA_CLIENT is "rdkafka": set it to one of kafkajs, platformatic$/],
    ],
    ['TLS by another word', { MYSQL_TLS: 'true' }, [/^MYSQL_TLS is "true": set it to one of on, off$/]],
    [
      'an authority that is no file',
      { KAFKA_TLS: 'on', KAFKA_TLS_CA: '/nowhere/ca.pem' },
      [/^KAFKA_TLS_CA is "\/nowhere\/ca\.pem": set it to a readable file with certificates in PEM$/],
    ],
    [
      'an authority in a file without certificates',
      { MYSQL_URL: 'mysql://a:b@db/orders', MYSQL_TLS: 'on', MYSQL_TLS_CA: 'package.json' },
      [/^MYSQL_TLS_CA is "package\.json"/],
    ],
    [
      'an authority that would not be asked',
      { MYSQL_TLS_CA: 'package.json', KAFKA_TLS: 'off', KAFKA_TLS_CA: 'package.json' },
      [
        /^MYSQL_TLS_CA is "p/,
        /^KAFKA_TLS_CA is "p/,
        /^MYSQL_TLS_CA is set.*set MYSQL_TLS to on$/,
        /^KAFKA_TLS_CA is set/,
      ],
    ],
    [
      'a server by its address, whose certificate could be of any',
      { MYSQL_URL: 'mysql://a:b@10.0.0.7/orders', MYSQL_TLS: 'on' },
      [/^MYSQL_URL has an address for a host: set it to the name in the server’s certificate$/],
    ],
    [
      'the same in IPv6',
      { MYSQL_URL: 'mysql://a:b@[::1]/orders', MYSQL_TLS: 'on' },
      [/^MYSQL_URL has an address for a host/],
    ],
    [
      'an unknown SASL mechanism',
      { KAFKA_SASL_MECHANISM: 'GSSAPI', KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD: 'b' },
      [/^KAFKA_SASL_MECHANISM is "GSSAPI": set it to one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512$/],
    ],
    [
      'half a login',
      { KAFKA_SASL_USERNAME: 'relay' },
      [/^KAFKA_SASL_MECHANISM is not set, but others of/, /^KAFKA_SASL_PASSWORD is not set, but others of/],
    ],
    [
      'a password in clear',
      { KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD: 'b' },
      [/^KAFKA_SASL_MECHANISM is PLAIN, which sends the password as it is/],
    ],
    ['an unknown log level', { LOG_LEVEL: 'loud' }, [/^LOG_LEVEL is "loud": set it to one of fatal, error/]],
    [
      'a Kafka time-out as long as the lease',
      { KAFKA_REQUEST_TIMEOUT_MS: '10000' },
      [/^KAFKA_REQUEST_TIMEOUT_MS is 10000: set it to at most 7499, less than three quarters of RELAY_LEASE_MS/],
    ],
    [
      'a lease shorter than the time-outs',
      { RELAY_LEASE_MS: '2000' },
      [/^KAFKA_REQUEST_TIMEOUT_MS is 5000/, /^MYSQL_QUERY_TIMEOUT_MS is 5000/],
    ],
    ['the shortest pause above the longest', { RELAY_POLL_MIN_MS: '600' }, [/^RELAY_POLL_MIN_MS is 600/]],
    ['a first retry above the cap', { RELAY_RETRY_BASE_MS: '40000' }, [/^RELAY_RETRY_BASE_MS is 40000/]],
    ['one port for two servers', { HTTP_PORT: '8081' }, [/^RELAY_HTTP_PORT is 8081 like HTTP_PORT/]],
    [
      'one port for relay and janitor',
      { RELAY_HTTP_PORT: '8082' },
      [/^JANITOR_HTTP_PORT is 8082 like RELAY_HTTP_PORT/],
    ],
    [
      'a time without a unit',
      { OUTBOX_RETENTION: '7' },
      [/^OUTBOX_RETENTION is "7": set it to a whole number with s, m,/],
    ],
    [
      'events kept for less than an hour',
      { OUTBOX_RETENTION: '59m' },
      [/^OUTBOX_RETENTION is "59m".*from 1h to 3650d$/],
    ],
    ['a janitor without a pause', { JANITOR_EVERY: '0s' }, [/^JANITOR_EVERY is "0s".*from 1s to 1d$/]],
    ['an unknown failpoint', { FAILPOINT: 'lunch' }, [/^FAILPOINT is "lunch": set it to one of/]],
    ['a failpoint in production', { FAILPOINT: 'before-commit', NODE_ENV: 'production' }, [/^FAILPOINT is for tests/]],
    ['an unknown fault on a signal', { ON_SIGUSR2: 'lunch' }, [/^ON_SIGUSR2 is "lunch": set it to a list/]],
    [
      'a fault on a signal in production',
      { ON_SIGUSR2: 'stall:9', NODE_ENV: 'production' },
      [/^ON_SIGUSR2 is for tests/],
    ],
  ];
  for (const [title, env, expected] of cases)
    it(`refuses ${title}`, () => {
      const problems = problemsWith(env);
      expect(problems).to.have.lengthOf(expected.length);
      for (const [index, pattern] of expected.entries()) expect(problems[index]).to.match(pattern);
    });

  it('reports every problem at once, also conflicts beside values that are wrong alone', () => {
    const variables = leftOf(
      decodeServiceConfig({
        KAFKA_BROKERS: 'k1',
        LOG_LEVEL: '',
        RELAY_LEASE_MS: '6000',
        HTTP_PORT: '1',
        RELAY_HTTP_PORT: '1',
      }),
    ).map(({ variable }) => variable);
    expect(variables).to.have.members([
      'MYSQL_URL',
      'KAFKA_BROKERS',
      'LOG_LEVEL',
      'KAFKA_REQUEST_TIMEOUT_MS',
      'MYSQL_QUERY_TIMEOUT_MS',
      'RELAY_HTTP_PORT',
    ]);
  });

  it('never repeats a password or a token', () => {
    const text = problemsWith({
      MYSQL_URL: 'mysql://app:hunter2@db',
      OPERATOR_TOKEN: 'tooshort',
      ACCESS_TOKENS: 'anna:viewer:shortone',
      KAFKA_SASL_PASSWORD: `wrongone${'x'.repeat(1_024)}`,
    }).join('\n');
    expect(text).not.to.match(/hunter2|tooshort|shortone|wrongone/);
  });

  it('keeps of each token its digest, its role and who acts with it', () => {
    const config = rightOf(
      decodeServiceConfig({
        ...REQUIRED,
        OPERATOR_TOKEN: `${SECRET}, too`.replaceAll(' ', ''),
        ACCESS_TOKENS: `anna:operator:${SECRET}, board:viewer:sha256:${'0'.repeat(64)}`,
      }),
    );
    expect(config.http.accessTokens).to.deep.equal([
      { actor: 'operator token', role: 'operator', sha256: sha256Of(`${SECRET},too`) },
      { actor: 'token:anna', role: 'operator', sha256: sha256Of(SECRET) },
      { actor: 'token:board', role: 'viewer', sha256: '0'.repeat(64) },
    ]);
    expect(JSON.stringify(config)).not.to.include(SECRET);
  });

  it('asks operators only for the database', () => {
    expect(rightOf(decodeToolConfig({ MYSQL_URL: 'mysql://a:b@c/d' })).mysql.connections).to.equal(16);
    const { progressUrls } = rightOf(
      decodeToolConfig({ MYSQL_URL: 'mysql://a:b@c/d', PROGRESS_URLS: 'payment=http://h:1, shipping=http://h:2' }),
    );
    expect([...progressUrls]).to.deep.equal([
      ['payment', 'http://h:1'],
      ['shipping', 'http://h:2'],
    ]);
  });
});
