import { benchEvent, type BenchEvent } from './bench-event.ts';

const TYPES = ['OrderPlaced', 'OrderPaid', 'EventSkipped', 'A1B2c3XML'];
const TIMES = ['2026-01-31T09:30:00.000Z', '2026-01-31T09:30:00.120Z', '2026-01-31T09:30:00.123456Z'];

/** Event number `index` in all the forms that an event of the service may have: types, times, headers, texts. */
export const oddEvent = (index: number): BenchEvent => {
  const event = benchEvent(index);
  const trace = event.headers['traceparent'] ?? '';
  const headers = [{}, { traceparent: trace }, { traceparent: trace, ce_traceparent: trace }][index % 3] ?? {};
  return {
    ...event,
    type: TYPES[index % TYPES.length] ?? event.type,
    version: 1 + (index % 300),
    occurredAt: TIMES[index % TIMES.length] ?? event.occurredAt,
    payload: JSON.stringify({ note: `Grüße „${index}“ \u{1f375}`, empty: null, lines: [] }),
    headers,
  };
};
