import type { Publisher } from '../../../src/application/ports/publisher.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import { publisherWith } from '../../../src/application/ports/publisher-with.ts';

/** The record of its life, counted from 1, from which on it looks for one to corrupt. */
const CORRUPTED = 50;

/** One digit more, one less for a 9: the payload stays valid JSON of the same length. */
const flipped = (record: OutboxRecord): OutboxRecord => ({
  ...record,
  payload: record.payload.replace(/\d/, (digit) => (digit === '9' ? '8' : String(Number(digit) + 1))),
});

/** PLANTED BUG. Changes one byte of one payload on its way to the broker. */
export const corruptOnePublisher = (real: Publisher): Publisher => {
  let seen = 0;
  let victim: string | undefined;
  return publisherWith(real, (lane, records) => {
    seen += records.length;
    if (seen >= CORRUPTED) victim ??= records.find(({ payload }) => /\d/.test(payload))?.eventId;
    return real.publish(
      lane,
      records.map((record) => (record.eventId === victim ? flipped(record) : record)),
    );
  });
};
