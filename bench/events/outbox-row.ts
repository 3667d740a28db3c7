import { laneOf } from '../../src/application/relay/lanes.ts';
import type { BenchEvent } from './bench-event.ts';

export const PARTITIONS = 6;

export const INSERT_ROWS = `
INSERT INTO outbox (event_id, order_id, sequence, type, version, occurred_at, payload, headers, kafka_partition) VALUES ?`;

/** Values for `INSERT_ROWS`. */
export const outboxRow = (event: BenchEvent): readonly (string | number)[] => [
  event.eventId,
  event.orderKey,
  event.sequence,
  event.type,
  event.version,
  event.occurredAt.replace('T', ' ').replace('Z', ''),
  event.payload,
  JSON.stringify(event.headers),
  laneOf(event.orderKey, PARTITIONS),
];
