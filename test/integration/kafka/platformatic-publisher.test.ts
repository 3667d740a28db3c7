import net from 'node:net';
import * as platformatic from '@platformatic/kafka';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { KafkaPublisher } from '../../../src/infrastructure/kafka/kafka-publisher.ts';
import { BrokerConnection } from '../../../src/infrastructure/platformatic-kafka/broker-connection.ts';
import { eventually } from '../../support/eventually.ts';
import { freshTopic, kafkaBrokers } from '../../support/servers.ts';
import { outboxRecord } from './outbox-records.ts';
import { publishingClients } from './publishing-clients.ts';
import { readTopic } from './topic-log.ts';

/** A server that takes connections and answers nothing. */
const openSilent = async (): Promise<{
  readonly port: number;
  readonly heard: () => number;
  /** Ends every connection by a reset. */
  readonly reset: () => void;
  readonly close: () => Promise<void>;
}> => {
  const sockets = new Set<net.Socket>();
  let heard = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', ({ length }) => {
      heard += length;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens on no port');
  return {
    port: address.port,
    heard: () => heard,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

describe('publishing by @platformatic/kafka', () => {
  it('given records with odd texts / then it stores the bytes that kafkajs stores', async () => {
    const topic = await freshTopic();
    const lanes = { kafkajs: 1, platformatic: 3 };
    const records = [
      outboxRecord(1, { payload: '{"text":"12 € \\u0000 ü 漢字 👋🏽"}', headers: {} }),
      outboxRecord(2, { headers: { traceparent: '', 'x-ü': 'ß' } }),
      outboxRecord(3, { payload: JSON.stringify('x'.repeat(20_000)) }),
    ];
    for (const name of ['kafkajs', 'platformatic'] as const) {
      const options = {
        brokers: kafkaBrokers(),
        clientId: 'test-relay',
        topic: topic.name,
        requestTimeoutMs: 5_000,
        produceTimeoutMs: 4_000,
      };
      const publisher = new KafkaPublisher(options, publishingClients[name](options));
      expect(await publisher.publish(lanes[name], records)()).to.deep.equal(E.right({ baseOffset: 0 }));
      await publisher.close();
    }
    const log = await readTopic(topic.name);
    const storedIn = (lane: number) =>
      log
        .filter(({ partition }) => partition === lane)
        .map(({ offset, message: { attributes, key, value, headers = {} } }) => ({
          ...{ offset, attributes, key, value },
          headers: Object.entries(headers),
        }));
    expect(storedIn(lanes.platformatic)).to.have.lengthOf(3);
    expect(storedIn(lanes.platformatic)).to.deep.equal(storedIn(lanes.kafkajs));
    await topic.drop();
  });

  it('given a broker that takes connections and answers nothing / then the next publish asks another one', async () => {
    const topic = await freshTopic();
    const silent = await openSilent();
    const options = {
      brokers: [`127.0.0.1:${silent.port}`, ...kafkaBrokers()],
      clientId: 'test-relay',
      topic: topic.name,
      requestTimeoutMs: 1_500,
      produceTimeoutMs: 1_000,
    };
    const publisher = new KafkaPublisher(options, publishingClients.platformatic(options));
    expect(await publisher.publish(3, [outboxRecord(1)])()).to.have.nested.property('left.reason', 'request timed out');
    expect(await publisher.publish(3, [outboxRecord(1)])()).to.deep.equal(E.right({ baseOffset: 0 }));
    await publisher.close();
    await silent.close();
    await topic.drop();
  });

  describe('a connection', () => {
    const cut = new Error('cut');

    it('given it is cut while it is being made / then it says so, and nothing is sent on it', async () => {
      const silent = await openSilent();
      const connection = new BrokerConnection(platformatic, 'test', { host: '127.0.0.1', port: silent.port });
      const asked = connection.ask((to) => platformatic.apiVersionsV3.api.async(to, 'test', '1'));
      connection.sever(cut);
      expect(connection.isUsable()).to.equal(false);
      const outcome = await asked.catch((error: unknown) => error);
      expect(outcome).to.be.instanceOf(platformatic.NetworkError);
      expect(silent.heard()).to.equal(0);
      await silent.close();
    });

    it('given the broker resets it / then whoever waits is told, it is not used again, and the process lives', async () => {
      const silent = await openSilent();
      const connection = new BrokerConnection(platformatic, 'test', { host: '127.0.0.1', port: silent.port });
      const asked = connection.ask((to) => platformatic.apiVersionsV3.api.async(to, 'test', '1'));
      await eventually(() => expect(silent.heard()).to.be.greaterThan(0));
      silent.reset();
      expect(await asked.catch((error: unknown) => error)).to.be.instanceOf(platformatic.NetworkError);
      expect(connection.isUsable()).to.equal(false);
      await silent.close();
    });

    it('given it is cut with an answer to come / then whoever waits is told at once, and it is not used again', async () => {
      const silent = await openSilent();
      const connection = new BrokerConnection(platformatic, 'test', { host: '127.0.0.1', port: silent.port });
      await connection.ready();
      expect(connection.isUsable()).to.equal(true);
      const asked = connection.ask((to) => platformatic.apiVersionsV3.api.async(to, 'test', '1'));
      connection.sever(cut);
      expect(connection.isUsable()).to.equal(false);
      expect(await asked.catch((error: unknown) => error)).to.be.instanceOf(platformatic.NetworkError);
      await silent.close();
    });
  });
});
