import { randomBytes } from 'node:crypto';

/** W3C Trace Context, version 00: version, trace ID, parent ID, flags; all-zero IDs are invalid. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's `traceparent` when it is valid, else the start of a new trace. */
export const traceparentOf = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' && TRACEPARENT.test(header)
    ? header
    : `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;

/** Headers that carry the trace on the event, by Kafka convention and as CloudEvents extension. */
export const traceHeaders = (traceparent: string): Readonly<Record<string, string>> => ({
  traceparent,
  ce_traceparent: traceparent,
});
