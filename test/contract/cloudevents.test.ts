import { Kafka } from 'cloudevents';
import type { CloudEventV1 } from 'cloudevents';
import { expect } from 'chai';
import { encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import { decoded } from '../support/decoded.ts';
import { EnvelopeGolden, envelopeGoldenNames } from '../support/envelope-golden.ts';
import { readGolden } from '../support/goldens.ts';

/* A record of ours, read by the SDK of CloudEvents: somebody else's idea of the Kafka binding. */

type Read = CloudEventV1<unknown> & { validate(): boolean };
const isOne = (event: unknown): event is Read => event instanceof Object && 'validate' in event;

/** The record as a Kafka client hands it over, its header values decoded. */
const readBySdk = ({ key, value, headers }: ReturnType<typeof encodeEnvelope>): Read => {
  const message = { key, value, headers, body: value };
  expect(Kafka.isEvent(message)).to.equal(true);
  const event: unknown = Kafka.toEvent(message);
  if (!isOne(event)) throw new Error('the SDK answered no single event');
  return event;
};

describe('a record as the SDK of CloudEvents reads it', () => {
  for (const name of envelopeGoldenNames())
    it(`${name} is a valid CloudEvent that says the same`, () => {
      const { envelope } = decoded(EnvelopeGolden, readGolden(name));
      const event = readBySdk(encodeEnvelope(envelope));
      expect(event.validate()).to.equal(true);
      expect(event).to.include({
        id: envelope.eventId,
        type: envelope.type,
        source: '/orderly/orders',
        specversion: '1.0',
        subject: envelope.orderId,
        partitionkey: envelope.orderId,
        datacontenttype: 'application/json',
        time: envelope.occurredAt,
      });
      expect(event['sequence']).to.equal(String(envelope.sequence).padStart(10, '0'));
      expect(event.data).to.deep.equal(JSON.parse(envelope.payload));
    });

  it('without its source it would be refused', () => {
    const [name = ''] = envelopeGoldenNames();
    const record = encodeEnvelope(decoded(EnvelopeGolden, readGolden(name)).envelope);
    const headers = Object.fromEntries(Object.entries(record.headers).filter(([header]) => header !== 'ce_source'));
    expect(() => readBySdk({ ...record, headers }).validate()).to.throw();
  });
});
