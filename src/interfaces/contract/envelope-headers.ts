import * as t from 'io-ts';
import { textValue } from '../../domain/value-codec.ts';

/** `source` of every order event. */
export const CE_SOURCE = '/orderly/orders';

const Uuid = textValue('Uuid', {
  words: 'a UUID in lower case',
  minLength: 36,
  maxLength: 36,
  pattern: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u,
  example: '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10',
});
export const isUuid = (text: string): boolean => Uuid.is(text);

const isRealTime = (text: string): boolean => {
  const milliseconds = Date.parse(text);
  // 30 February and 24:00 are read as another day.
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().slice(0, 19) === text.slice(0, 19);
};

/** The headers that every record of one source carries, as texts (CloudEvents 1.0, Kafka binding, binary mode). */
export const envelopeHeadersOf = (source: string) =>
  t.readonly(
    t.strict({
      ce_id: Uuid,
      ce_type: textValue('EventType', {
        words: 'an event type in PascalCase',
        minLength: 1,
        maxLength: 64,
        pattern: /^[A-Z][A-Za-z0-9]*$/u,
        example: 'OrderPlaced',
      }),
      ce_source: t.literal(source),
      ce_specversion: t.literal('1.0'),
      ce_time: textValue('UtcTime', {
        words: 'a UTC time, such as 2026-01-31T09:30:00.000Z',
        minLength: 20,
        maxLength: 30,
        pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/u,
        format: { name: 'date-time', holds: isRealTime },
        example: '2026-01-31T09:30:00.000Z',
      }),
      ce_subject: Uuid,
      ce_partitionkey: Uuid,
      ce_sequence: textValue('SequenceText', {
        words: 'a sequence from 1, in ten digits',
        minLength: 10,
        maxLength: 10,
        pattern: /^(?!0{10})\d{10}$/u,
        example: '0000000001',
      }),
      ce_dataschema: textValue('DataSchema', {
        words: 'the name of a payload schema, such as urn:orderly:order-placed:1',
        minLength: 1,
        maxLength: 128,
        pattern: /^urn:orderly:[a-z0-9-]+:[1-9][0-9]{0,4}$/u,
        example: 'urn:orderly:order-placed:1',
      }),
      'content-type': t.literal('application/json'),
    }),
    'EnvelopeHeaders',
  );

/** Those of the order events. */
export const EnvelopeHeaders = envelopeHeadersOf(CE_SOURCE);
export type EnvelopeHeadersCodec = typeof EnvelopeHeaders;
export type EnvelopeHeaders = t.OutputOf<EnvelopeHeadersCodec>;

const kebab = (type: string): string => type.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

/** `urn:orderly:order-placed:1` */
export const dataSchemaOf = (type: string, version: number): string => `urn:orderly:${kebab(type)}:${version}`;

/** The version that a data schema names; the schema has passed the codec above. */
export const versionOf = (dataSchema: string): number => Number(dataSchema.slice(dataSchema.lastIndexOf(':') + 1));
