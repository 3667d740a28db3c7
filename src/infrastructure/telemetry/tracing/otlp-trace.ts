import type { SpanAttributes, SpanKind } from '../../../application/ports/tracer.ts';

/* OTLP 1.x, JSON: the messages of opentelemetry-proto, as far as we send them. */

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue: string } | { readonly intValue: string };
}

export interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface OtlpTraces {
  readonly resourceSpans: readonly [
    {
      readonly resource: { readonly attributes: readonly KeyValue[] };
      readonly scopeSpans: readonly [
        { readonly scope: { readonly name: string }; readonly spans: readonly OtlpSpan[] },
      ];
    },
  ];
}

export const KIND: Readonly<Record<SpanKind, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
export const STATUS_ERROR = 2;

/** Whole numbers travel as text there. */
export const keyValues = (attributes: SpanAttributes): readonly KeyValue[] =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(Math.round(value)) } : { stringValue: value },
  }));

/** From milliseconds, of which fractions of a thousandth are all that a clock knows. */
export const unixNano = (ms: number): string => `${Math.round(ms * 1_000)}000`;

export const tracesOf = (resource: SpanAttributes, spans: readonly OtlpSpan[]): OtlpTraces => ({
  resourceSpans: [
    { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: { name: 'orderly' }, spans }] },
  ],
});
