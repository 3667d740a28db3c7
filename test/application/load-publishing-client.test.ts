import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import pino from 'pino';
import { KafkaClientMissing, loadPublishingClient } from '../../src/composition/load-publishing-client.ts';
import { loadPlatformaticKafka } from '../../src/infrastructure/platformatic-kafka/load-platformatic-kafka.ts';

const log = pino({ enabled: false });
const SPECIFIER: string = '@platformatic/not-there';
/** As the runtime fails when a package is not there. */
const missing = (): Promise<never> => import(SPECIFIER).then(() => Promise.reject(new Error('it is there')));

const refusalOf = async (load: typeof loadPlatformaticKafka): Promise<string> => {
  try {
    await loadPublishingClient('platformatic', log, load);
  } catch (error) {
    if (error instanceof KafkaClientMissing) return error.message;
    throw error;
  }
  throw new Error('it was loaded');
};

describe('the Kafka client that is chosen', () => {
  it('given kafkajs / then nothing optional is loaded', async () => {
    const load = (): Promise<never> => Promise.reject(new Error('loaded'));
    expect(await loadPublishingClient('kafkajs', log, load)).to.be.a('function');
  });

  it('given platformatic, installed / then it is loaded', async () => {
    expect(E.isRight(await loadPlatformaticKafka())).to.equal(true);
    expect(await loadPublishingClient('platformatic', log)).to.be.a('function');
  });

  it('given platformatic, not installed / then it names the setting, the package and the command', async () => {
    expect(await refusalOf(() => loadPlatformaticKafka(missing))).to.equal(
      'KAFKA_CLIENT is platformatic, but @platformatic/kafka is not installed: ' +
        'run "npm install --include=optional", or set KAFKA_CLIENT to kafkajs',
    );
  });

  it('given a package that is broken / then it says how', async () => {
    const broken = (): Promise<never> => Promise.reject(new Error('no such export'));
    expect(await refusalOf(() => loadPlatformaticKafka(broken))).to.include('cannot be loaded (Error: no such export)');
  });
});
