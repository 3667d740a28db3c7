import type { IncomingEvent } from '../../application/ports/consumed-record.ts';

/** Takes rows made by `appliedRow`. */
export const INSERT_APPLIED = `
  INSERT INTO inbox (consumer, event_id, order_id, sequence, type, fingerprint, skipped, topic, kafka_partition, kafka_offset)
  VALUES ?`;

/** The row of table `inbox` that notes an event as applied. */
export const appliedRow = (
  consumer: string,
  { eventId, orderId, sequence, type, fingerprint, isSkip, source }: IncomingEvent,
): readonly (string | number | boolean)[] => [
  consumer,
  eventId,
  orderId,
  sequence,
  type,
  fingerprint,
  isSkip,
  source.topic,
  source.partition,
  source.offset,
];
