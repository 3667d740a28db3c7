/** What a span is of, as OpenTelemetry names it. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type SpanAttributes = Readonly<Record<string, string | number>>;

export interface SpanStart {
  /** Low in variety: routes and topics, never IDs. */
  readonly name: string;
  readonly kind: SpanKind;
  /** `traceparent` of what caused it; undefined, or one that is malformed, begins a new trace. */
  readonly parent: string | undefined;
  readonly attributes: SpanAttributes;
  /** `traceparent` of each span that it has to do with and that is not its parent. */
  readonly links?: readonly (string | undefined)[];
  /** Milliseconds since 1970, when it began before now. */
  readonly startedAt?: number;
}

export interface Span {
  /** W3C Trace Context of this span, to be handed on. */
  readonly traceparent: string;
  /** `failure`: why it failed, in a few words without data; undefined when it did not. Only the first call counts. */
  end(outcome?: { readonly failure?: string | undefined; readonly attributes?: SpanAttributes }): void;
}

/** Where an order went, as spans. Calls never throw and never block; what cannot be handed on is dropped. */
export interface Tracer {
  start(span: SpanStart): Span;
  /** Hands on what is left, for a few seconds at most. */
  close(): Promise<void>;
}
