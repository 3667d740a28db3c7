import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { PublishFailure } from '../../../src/application/ports/publisher.ts';
import { createService } from '../../../src/composition/create-service.ts';
import { runOrder } from '../../../src/composition/run-order.ts';
import { decodeServiceConfig } from '../../../src/infrastructure/config.ts';
import type { KafkaAccess, SaslMechanism } from '../../../src/infrastructure/kafka/kafka-access.ts';
import { SASL_MECHANISMS } from '../../../src/infrastructure/kafka/kafka-access.ts';
import { KafkaPublisher } from '../../../src/infrastructure/kafka/kafka-publisher.ts';
import { requestExamples } from '../../../src/interfaces/contract/http.ts';
import { startServers } from '../../../tools/environment/servers.ts';
import type { Servers } from '../../../tools/environment/servers.ts';
import { TestAuthority } from '../../support/certificates.ts';
import { leftOf, rightOf } from '../../support/decoded.ts';
import { useDirectory, useOwnServers } from '../../support/environment/own-servers.ts';
import { eventually } from '../../support/eventually.ts';
import { post, send } from '../../support/http-client.ts';
import { migratedDatabase } from '../../support/mysql-storage.ts';
import { complaintOf } from '../../support/readiness.ts';
import { startApi } from '../../support/running-service.ts';
import { freshTopic } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { KitUnderTest } from '../consumer/kit-under-test.ts';
import { asMessages, lifeOf, newOrderId } from '../consumer/order-lifecycle.ts';
import { outboxRecord } from '../kafka/outbox-records.ts';
import { publishingClients } from '../kafka/publishing-clients.ts';
import { readTopic } from '../kafka/topic-log.ts';

const PASSWORD = 'of-the-tests';
const nameOf = (mechanism: SaslMechanism): string => `by-${mechanism.toLowerCase()}`;

describe('Kafka over TLS with SASL', function () {
  this.timeout(60_000);
  useOwnServers();
  const directory = useDirectory();
  const file = (name: string): string => join(directory.path(), name);
  let servers: Servers;
  let authority: TestAuthority;
  let stranger: TestAuthority;
  let topic: TestTopic;

  const brokers = (): string => servers.secureKafkaBrokers ?? '';
  const loginBy = (mechanism: SaslMechanism, password = PASSWORD): NonNullable<KafkaAccess['sasl']> => ({
    mechanism,
    username: nameOf(mechanism),
    password,
  });
  /** The same by settings. */
  const settingsFor = (mechanism: SaslMechanism, password = PASSWORD, ca = 'ca.pem') => ({
    KAFKA_BROKERS: brokers(),
    ORDER_TOPIC: topic.name,
    OUTBOX_MAX_EVENT_BYTES: '1000000',
    KAFKA_TLS: 'on',
    KAFKA_TLS_CA: file(ca),
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: nameOf(mechanism),
    KAFKA_SASL_PASSWORD: password,
  });

  before(async () => {
    [authority, stranger] = await Promise.all([TestAuthority.create(), TestAuthority.create()]);
    const { certificate, key } = await authority.vouchFor('localhost');
    await writeFile(file('ca.pem'), authority.certificate);
    await writeFile(file('another-ca.pem'), stranger.certificate);
    const users = SASL_MECHANISMS.map((mechanism) => ({ mechanism, name: nameOf(mechanism), password: PASSWORD }));
    servers = await startServers({
      layout: { secureKafka: { keystore: `${key}\n${certificate}\n`, users } },
      progress: () => undefined,
    });
    process.env['MYSQL_URL'] = servers.mysqlUrl;
    // The tests themselves look on by the usual listener.
    process.env['KAFKA_BROKERS'] = servers.kafkaBrokers;
    topic = await freshTopic();
  });
  after(async () => {
    await servers.stop();
  });

  for (const [client, makeClient] of Object.entries(publishingClients))
    describe(`a publisher by ${client}`, () => {
      const publish = async (access: KafkaAccess, at = brokers()) => {
        const options = {
          ...{ brokers: [at], access, clientId: 'test', topic: topic.name },
          ...{ requestTimeoutMs: 5_000, produceTimeoutMs: 4_000 },
        };
        const publisher = new KafkaPublisher(options, makeClient(options));
        try {
          return await publisher.publish(3, [outboxRecord(1)])();
        } finally {
          await publisher.close();
        }
      };
      const failure = async (access: KafkaAccess, at?: string): Promise<PublishFailure> =>
        leftOf(await publish(access, at));
      const trusted = (): KafkaAccess['tls'] => ({ ca: authority.certificate });

      for (const mechanism of SASL_MECHANISMS) {
        it(`comes in by ${mechanism}, and its records are there`, async () => {
          const stored = (await readTopic(topic.name)).length;
          expect(E.isRight(await publish({ tls: trusted(), sasl: loginBy(mechanism) }))).to.equal(true);
          expect(await readTopic(topic.name)).to.have.lengthOf(stored + 1);
        });

        it(`given a wrong password for ${mechanism} / then it is an outage that says so, and nobody’s attempt`, async () => {
          const { kind, reason } = await failure({ tls: trusted(), sasl: loginBy(mechanism, 'not-the-password') });
          expect(kind).to.equal('outage');
          expect(reason).to.match(/^SASL_AUTHENTICATION_FAILED$|^authentication failed$/);
        });
      }

      const sasl = loginBy('SCRAM-SHA-512');
      it('given a user that the broker does not know / then it is an outage that says so', async () => {
        const { kind, reason } = await failure({ tls: trusted(), sasl: { ...sasl, username: 'nobody' } });
        expect([kind, /authentication/i.test(reason)]).to.deep.equal(['outage', true]);
      });

      it('given an authority that does not vouch for the broker / then it is an outage that says so', async () => {
        const { kind, reason } = await failure({ tls: { ca: stranger.certificate }, sasl });
        expect([kind, reason]).to.deep.equal(['outage', 'certificate not trusted']);
      });

      it('given those authorities that Node trusts / then it is an outage that says so', async () => {
        const { kind, reason } = await failure({ tls: { ca: undefined }, sasl });
        expect([kind, reason]).to.deep.equal(['outage', 'certificate not trusted']);
      });

      it('given a broker reached by another name than its certificate’s / then it is an outage that says so', async () => {
        const { kind, reason } = await failure({ tls: trusted(), sasl }, brokers().replace('localhost', '127.0.0.1'));
        expect([kind, reason]).to.deep.equal(['outage', 'certificate not trusted']);
      });

      it('given no TLS at all / then it is an outage', async () => {
        expect((await failure({ sasl })).kind).to.equal('outage');
      });
    });

  describe('the service', () => {
    let database: TestDatabase;
    before(async () => {
      database = await migratedDatabase();
    });
    after(() => database.drop());

    for (const [client, mechanism] of [
      ['kafkajs', 'SCRAM-SHA-512'],
      ['platformatic', 'SCRAM-SHA-256'],
    ] as const)
      it(`publishes by ${client} and ${mechanism} what it has committed`, async () => {
        const env = { MYSQL_URL: database.url, HTTP_PORT: '0', LOG_LEVEL: 'silent', KAFKA_CLIENT: client };
        const config = rightOf(decodeServiceConfig({ ...env, ...settingsFor(mechanism) }));
        const service = await createService(config, 'all');
        try {
          const url = await service.start();
          const { headers } = await eventually(async () => {
            const answer = await send(url, post('/orders', requestExamples.PlaceOrder));
            expect(answer.status, answer.body).to.equal(201);
            return answer;
          });
          const path = `${String(headers['location'])}/events`;
          await eventually(async () => {
            const { body } = await send(url, { method: 'GET', path });
            expect(body).to.include('"state":"published"');
          });
        } finally {
          await service.stop();
        }
      });

    const notReady = async (env: Readonly<Record<string, string>>): Promise<string> => {
      const unseen = { ORDER_TOPIC: 'never.seen.v1' };
      const api = await startApi({ env: { ...env, ...unseen }, waitUntilReady: false });
      try {
        return await complaintOf(api, 'topic');
      } finally {
        await api.stop();
      }
    };

    it('given a wrong password / then not ready, and it says so', async () => {
      const said = await notReady(settingsFor('SCRAM-SHA-256', 'not-the-password'));
      expect(said).to.match(/authentication failed/i);
      expect(said).not.to.include('not-the-password');
    });

    it('given an authority that does not vouch for the broker / then not ready, and it says so', async () => {
      expect(await notReady(settingsFor('SCRAM-SHA-256', PASSWORD, 'another-ca.pem'))).to.match(
        /unable to verify the first certificate|signature failure/,
      );
    });

    it('order doctor comes in, and with a wrong password says that it cannot', async () => {
      const doctor = async (env: Readonly<Record<string, string>>): Promise<readonly [number, string]> => {
        const lines: string[] = [];
        const terminal = { out: (line: string) => lines.push(line), err: (line: string) => lines.push(line) };
        const code = await runOrder({ argv: ['doctor'], env: { MYSQL_URL: database.url, ...env }, terminal });
        return [code, lines.join('\n')];
      };
      const [code, said] = await doctor(settingsFor('PLAIN'));
      expect(code, said).to.equal(0);
      expect(said).to.match(/ok +Kafka \d+\.\d+: brokers support metadata\.version/);
      const [refused, why] = await doctor(settingsFor('PLAIN', 'not-the-password'));
      expect(refused).to.equal(1);
      expect(why).to.match(/authentication failed/i);
    });
  });

  describe('a consumer', () => {
    let kit: KitUnderTest;
    before(async () => {
      kit = await KitUnderTest.open();
    });
    after(() => kit.close());

    const reaching = (access: KafkaAccess) => ({
      kafka: { brokers: [brokers()], access, topic: kit.topic.name, requestTimeoutMs: 5_000 },
    });

    it('given a wrong password / then not ready, and it says so; with the right one it works', async () => {
      const orderId = newOrderId();
      const events = lifeOf(orderId);
      await kit.produce(asMessages(events));
      const tls = { ca: authority.certificate };
      const locked = await kit.start({}, reaching({ tls, sasl: loginBy('SCRAM-SHA-256', 'not-the-password') }));
      await eventually(async () => {
        const answer = await fetch(`http://127.0.0.1:${locked.port}/readyz`);
        expect(answer.status).to.equal(503);
        expect(await answer.text()).to.match(/authentication failed/i);
      });
      await kit.stop(locked);
      expect(await kit.effects(orderId)).to.deep.equal([]);
      await kit.start({}, reaching({ tls, sasl: loginBy('SCRAM-SHA-256') }));
      await eventually(async () => expect(await kit.effects(orderId)).to.have.lengthOf(events.length));
    });
  });
});
