/** W3C Trace Context, version 00: version, trace ID, parent ID, flags; all-zero IDs are invalid. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;
const SAMPLED = 1;

export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  /** False: whoever began the trace does not want it recorded. */
  readonly sampled: boolean;
}

/** Undefined when it is malformed, of another version, or absent. */
export const readTraceparent = (text: string | undefined): TraceContext | undefined => {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text ?? '') ?? [];
  return traceId === undefined || spanId === undefined || flags === undefined
    ? undefined
    : { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
};

export const writeTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
