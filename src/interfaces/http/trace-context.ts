import { randomBytes } from 'node:crypto';
import { readTraceparent, writeTraceparent } from '../../application/traceparent.ts';

/** The caller's `traceparent` when it is valid, else the start of a new trace. */
export const traceparentOf = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' && readTraceparent(header) !== undefined
    ? header
    : writeTraceparent({
        traceId: randomBytes(16).toString('hex'),
        spanId: randomBytes(8).toString('hex'),
        sampled: true,
      });

/** Headers that carry the trace on the event, by Kafka convention and as CloudEvents extension. */
export const traceHeaders = (traceparent: string): Readonly<Record<string, string>> => ({
  traceparent,
  ce_traceparent: traceparent,
});
