import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { decodeServiceConfig } from '../../src/infrastructure/config.ts';
import { decodeConsumerSettings } from '../../src/infrastructure/consumer-config.ts';
import { settingsOf } from '../../tools/environment/roles.ts';
import type { RoleSurroundings } from '../../tools/environment/roles.ts';
import { rightOf } from '../support/decoded.ts';

const around: RoleSurroundings = {
  mysqlUrl: 'mysql://app:secret@127.0.0.1:3306/orders',
  consumerMysqlUrls: {
    payment: 'mysql://app:secret@127.0.0.1:3306/payment',
    shipping: 'mysql://app:secret@127.0.0.1:3306/shipping',
  },
  consumerGroups: { payment: 'payment', shipping: 'shipping' },
  kafkaBrokers: '127.0.0.1:9092',
  topic: 'orders.events.v1',
  apiUrl: 'http://127.0.0.1:8080',
  progressUrls: [
    ['payment', 'http://127.0.0.1:8091'],
    ['shipping', 'http://127.0.0.1:8092'],
  ],
  operatorToken: 'operator-token-of-the-tests',
  reprocessToken: 'reprocess-token-of-the-tests',
};

describe('the settings of the roles of an environment', () => {
  for (const name of ['payment', 'shipping'] as const)
    it(`let the API re-process what ${name} has parked, with the token that ${name} knows`, () => {
      const { progressUrls, reprocessTokens } = rightOf(decodeServiceConfig(settingsOf('api', 0, around, 6)));
      const { CONSUMER_GROUP, ...env } = settingsOf(name, 0, around, 6);
      const { settings } = rightOf(decodeConsumerSettings(env, {}));
      const sha256 = createHash('sha256')
        .update(reprocessTokens.get(name) ?? '')
        .digest('hex');
      expect(CONSUMER_GROUP).to.equal(name);
      expect(settings.reprocessToken).to.include({ sha256 });
      expect([...progressUrls.keys()]).to.deep.equal([...reprocessTokens.keys()]);
    });

  it('name no consumer that is not there', () => {
    const api = settingsOf('api', 0, { ...around, progressUrls: [] }, 6);
    expect(Object.keys(api)).not.to.include.members(['PROGRESS_URLS', 'REPROCESS_TOKENS']);
    expect(rightOf(decodeServiceConfig(api)).reprocessTokens.size).to.equal(0);
  });
});
