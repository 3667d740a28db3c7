import * as t from 'io-ts';
import { goldenNames } from './goldens.ts';

const Texts = t.record(t.string, t.string);

/** A whole record as it lies on the topic, with the envelope that it stands for. */
export const EnvelopeGolden = t.strict({
  envelope: t.strict({
    eventId: t.string,
    type: t.string,
    version: t.number,
    orderId: t.string,
    sequence: t.number,
    occurredAt: t.string,
    payload: t.string,
    headers: Texts,
  }),
  record: t.strict({ key: t.string, value: t.string, headers: Texts }),
});

export const envelopeGoldenNames = (): readonly string[] =>
  goldenNames().filter((name) => name.startsWith('envelope.'));
