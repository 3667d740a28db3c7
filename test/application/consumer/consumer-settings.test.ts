import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeConsumerSettings } from '../../../src/infrastructure/consumer-config.ts';
import type { Environment } from '../../../src/infrastructure/consumer-config.ts';
import { wholeNumber, withDefault } from '../../../src/infrastructure/settings.ts';
import { leftOf, rightOf } from '../../support/decoded.ts';

const good: Environment = {
  CONSUMER_MYSQL_URL: 'mysql://app:secret@127.0.0.1:3306/payment',
  KAFKA_BROKERS: '127.0.0.1:9092,127.0.0.1:9093',
  ORDERS_API_URL: 'http://127.0.0.1:8080',
};
const own = { STARS: withDefault(wholeNumber(1, 5), 3) };
const problems = (env: Environment): readonly string[] =>
  leftOf(decodeConsumerSettings(env, own)).map(({ variable, message }) => `${variable} ${message}`);

describe('settings of a consumer', () => {
  it('given the three that have no default / then the others have theirs', () => {
    const { settings, own: special } = rightOf(decodeConsumerSettings(good, own));
    expect(settings.kafka).to.deep.equal({
      brokers: ['127.0.0.1:9092', '127.0.0.1:9093'],
      access: { tls: undefined, sasl: undefined },
      topic: 'orders.events.v1',
      requestTimeoutMs: 5_000,
    });
    expect(settings.http).to.deep.equal({ host: '127.0.0.1', port: 0 });
    expect(settings).to.include({ inboxRetentionMs: 2_592_000_000, janitorEveryMs: 600_000 });
    expect(settings.failpoint).to.equal(undefined);
    expect(special).to.deep.equal({ STARS: 3 });
  });

  it('given nothing / then every missing one is named at once', () => {
    expect(problems({}).map((line) => line.split(' ')[0])).to.deep.equal([
      'CONSUMER_MYSQL_URL',
      'KAFKA_BROKERS',
      'ORDERS_API_URL',
    ]);
  });

  const wrong: readonly (readonly [string, string])[] = [
    ['CONSUMER_MYSQL_URL', 'postgres://u:p@h/db'],
    ['CONSUMER_MYSQL_URL', ''],
    ['KAFKA_BROKERS', 'localhost'],
    ['ORDER_TOPIC', 'a topic'],
    ['ORDERS_API_URL', 'ftp://h'],
    ['ORDERS_API_URL', 'http://user@h'],
    ['CONSUMER_HTTP_PORT', '70000'],
    ['REPROCESS_TOKEN', 'fifteen-letters'],
    ['MYSQL_CONNECTIONS', '1'],
    ['INBOX_RETENTION', '23h'],
    ['LOG_LEVEL', 'loud'],
    ['FAILPOINT', 'anywhere'],
    ['FAILPOINT', 'before-effect:0'],
    ['ON_SIGUSR2', 'jump'],
    ['STARS', '6'],
  ];
  for (const [variable, value] of wrong)
    it(`refuses ${variable}=${JSON.stringify(value)} and names it`, () => {
      const [problem, ...more] = problems({ ...good, [variable]: value });
      expect(problem).to.match(new RegExp(`^${variable} .*set it to `));
      expect(more).to.deep.equal([]);
    });

  it('never shows the password of a URL it refuses', () => {
    expect(problems({ ...good, CONSUMER_MYSQL_URL: 'mysql://app:hunter2@/x y' }).join()).to.not.contain('hunter2');
  });

  it('keeps of the token that may re-process its digest only', () => {
    const REPROCESS_TOKEN = 'a-token-of-the-tests';
    const { settings } = rightOf(decodeConsumerSettings({ ...good, REPROCESS_TOKEN }, own));
    const sha256 = createHash('sha256').update(REPROCESS_TOKEN).digest('hex');
    expect(settings.reprocessToken).to.include({ role: 'operator', sha256 });
    expect(JSON.stringify(settings)).not.to.include(REPROCESS_TOKEN);
    expect(problems({ ...good, REPROCESS_TOKEN: 'too-short' }).join()).not.to.include('too-short');
  });

  it('takes a failpoint with its how-manieth time, and refuses it in production', () => {
    const env = { ...good, FAILPOINT: 'before-callback:3' };
    expect(rightOf(decodeConsumerSettings(env, own)).settings.failpoint).to.deep.equal({
      name: 'before-callback',
      hit: 3,
    });
    expect(problems({ ...env, NODE_ENV: 'production' })).to.deep.equal([
      'FAILPOINT is set: it kills the process and is refused in production',
    ]);
  });

  it('takes faults that it brings about on a signal, and refuses them in production', () => {
    const env = { ...good, ON_SIGUSR2: 'jump:-1000,stall:20' };
    expect(rightOf(decodeConsumerSettings(env, own)).settings.faultsOnSignal).to.deep.equal([
      { _tag: 'ClockJumps', ms: -1_000 },
      { _tag: 'LoopStalls', ms: 20 },
    ]);
    expect(problems({ ...env, NODE_ENV: 'production' })).to.deep.equal([
      'ON_SIGUSR2 is for tests: unset it when NODE_ENV is production',
    ]);
  });
});
