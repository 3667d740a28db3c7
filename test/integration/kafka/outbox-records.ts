import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';

/** Event `sequence` of the one order that these tests know. */
export const outboxRecord = (sequence: number, changes: Partial<OutboxRecord> = {}): OutboxRecord => ({
  id: sequence,
  eventId: `018f4a7e-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
  orderKey: '018f4a7e-5c1d-7a3b-9f00-000000000002',
  sequence,
  type: 'OrderPlaced',
  version: 1,
  occurredAt: '2026-01-01T00:00:00.000Z',
  payload: '{"total":"12 €"}',
  headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  lane: 3,
  attempts: 0,
  blocking: false,
  ...changes,
});
