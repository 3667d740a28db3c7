import { EnvelopeHeaders } from '../../src/interfaces/contract/envelope-headers.ts';
import { toJsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import type { JsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { ORDER_EVENTS_TOPIC } from '../../src/interfaces/contract/topic.ts';
import type { ContractMessage } from './contract-messages.ts';

const KAFKA_BINDING = '0.5.0';

const trace: JsonSchema = {
  type: 'string',
  description: 'W3C Trace Context of the request that led to the event; may be missing',
  pattern: '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$',
};

/** The headers of one version of one event: its type and schema are fixed. */
const headersOf = ({ type, dataSchema }: ContractMessage): JsonSchema => {
  const headers = toJsonSchema(EnvelopeHeaders);
  const own = { ce_type: { const: type }, ce_dataschema: { const: dataSchema } };
  return {
    ...headers,
    title: `headers of ${type}`,
    properties: { ...headers.properties, ...own, traceparent: trace, ce_traceparent: trace },
  };
};

const nameOf = ({ type, version }: ContractMessage): string => `${type}V${version}`;

const messageOf = (message: ContractMessage): unknown => ({
  name: message.type,
  title: `${message.type}, version ${message.version}${message.isNewest ? '' : ' (no longer written)'}`,
  summary: message.summary,
  contentType: 'application/json',
  headers: headersOf(message),
  payload: { title: message.type, ...message.payload },
  bindings: {
    kafka: {
      key: {
        type: 'string',
        format: 'uuid',
        description: 'The order ID, as header ce_subject: all events of an order lie in one partition, in order.',
      },
      bindingVersion: KAFKA_BINDING,
    },
  },
  examples: [{ name: nameOf(message), headers: message.record.headers, payload: message.golden.payload }],
});

/** AsyncAPI 3.0 of the topic, from the codecs by which events are written and read. */
export const asyncApiOf = (messages: readonly ContractMessage[]): unknown => ({
  asyncapi: '3.0.0',
  info: {
    title: 'orderly: order events',
    version: '1.0.0',
    description: [
      'What becomes of orders, as CloudEvents 1.0 on Kafka (binary mode): the value is the payload as JSON, everything else is a header.',
      'Tell events apart by header `ce_type`, and versions of a payload by `ce_dataschema`; ignore fields you do not know.',
      'Events of one order come in the order of `ce_sequence`, from 1 without a gap. After a fault an event may come again, with the same `ce_id`: drop what you have seen.',
      'Do not drop a type or version you do not know: its sequence would be missing. Stop with that order, and go on when you know it.',
    ].join('\n'),
    license: { name: 'MIT' },
  },
  defaultContentType: 'application/json',
  servers: {
    kafka: {
      host: '{bootstrap}',
      protocol: 'kafka',
      description: 'The Kafka cluster that setting KAFKA_BROKERS names.',
      variables: { bootstrap: { default: 'localhost:9092', description: 'Host and port of a broker.' } },
    },
  },
  channels: {
    orderEvents: {
      address: ORDER_EVENTS_TOPIC,
      description: 'Every event of every order. The timestamp of a record is when the broker appended it.',
      servers: [{ $ref: '#/servers/kafka' }],
      messages: Object.fromEntries(
        messages.map((message) => [nameOf(message), { $ref: `#/components/messages/${nameOf(message)}` }]),
      ),
      bindings: {
        kafka: {
          topic: ORDER_EVENTS_TOPIC,
          topicConfiguration: { 'cleanup.policy': ['delete'] },
          bindingVersion: KAFKA_BINDING,
        },
      },
    },
  },
  operations: {
    publishOrderEvents: {
      action: 'send',
      title: 'Order events',
      summary: 'The order service publishes what it has committed; whoever consumes it receives these messages.',
      channel: { $ref: '#/channels/orderEvents' },
      messages: messages
        .filter(({ isNewest }) => isNewest)
        .map((message) => ({ $ref: `#/channels/orderEvents/messages/${nameOf(message)}` })),
    },
  },
  components: { messages: Object.fromEntries(messages.map((message) => [nameOf(message), messageOf(message)])) },
});
