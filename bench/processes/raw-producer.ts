import { Kafka, logLevel } from 'kafkajs';
import { encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import { benchEvent } from '../events/bench-event.ts';
import { consumableEvent } from '../events/consumable-event.ts';
import { heardGo, numberSetting, say, setting, untilStopped } from './parent.ts';

/* What kafkajs alone can do: the same records from memory, 1,000 a request, one request after the other. */

const BATCH = 1_000;

const count = numberSetting('BENCH_EVENTS');
const eventAt = setting('BENCH_SHAPE') === 'consumable' ? consumableEvent : benchEvent;
const topic = setting('ORDER_TOPIC');
const producer = new Kafka({
  brokers: setting('KAFKA_BROKERS').split(','),
  clientId: 'raw-producer',
  logLevel: logLevel.ERROR,
}).producer({ allowAutoTopicCreation: false });
await producer.connect();
const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, batch) =>
  Array.from({ length: Math.min(BATCH, count - batch * BATCH) }, (__, i) => {
    const event = eventAt(batch * BATCH + i);
    return encodeEnvelope({ ...event, orderId: event.orderKey });
  }),
);
const stopped = untilStopped();
say('ready');
await heardGo();
for (const messages of batches) await producer.send({ topic, acks: -1, messages });
say('done');
await stopped;
await producer.disconnect();
process.disconnect();
