import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { describeCause } from '../../../application/describe-cause.ts';
import type { Span, SpanAttributes, SpanStart, Tracer } from '../../../application/ports/tracer.ts';
import { readTraceparent, writeTraceparent } from '../../../application/traceparent.ts';
import { KIND, keyValues, STATUS_ERROR, tracesOf, unixNano } from './otlp-trace.ts';
import type { OtlpSpan } from './otlp-trace.ts';
import type { SpanSink } from './span-sinks.ts';

const FLUSH_MS = 500;
const BATCH = 512;
/** Spans that wait; more are dropped, so that a collector that is away costs neither memory nor time. */
const MOST_WAITING = 8_192;
const CLOSE_MS = 3_000;

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const now = (): number => performance.timeOrigin + performance.now();

/**
 * Spans with explicit parents, sent in batches. A trace that its beginner does not want recorded is handed on and not
 * recorded. Spans are dropped, and the log says so once, while they cannot be sent.
 */
export class OtlpTracer implements Tracer {
  private readonly waiting: OtlpSpan[] = [];
  private readonly timer: NodeJS.Timeout;
  private sending: Promise<void> | undefined;
  private dropped = 0;

  constructor(
    private readonly resource: SpanAttributes,
    private readonly sink: SpanSink,
    private readonly log: Logger,
  ) {
    this.timer = setInterval(() => {
      void this.flush();
    }, FLUSH_MS);
    this.timer.unref();
  }

  start({ name, kind, parent, attributes, links = [], startedAt = now() }: SpanStart): Span {
    const cause = readTraceparent(parent);
    const [traceId, spanId, sampled] = [cause?.traceId ?? hex(16), hex(8), cause?.sampled ?? true];
    let open = sampled;
    return {
      traceparent: writeTraceparent({ traceId, spanId, sampled }),
      end: ({ failure, attributes: more = {} } = {}) => {
        if (!open) return;
        open = false;
        this.keep({
          ...{ traceId, spanId, name, kind: KIND[kind] },
          ...(cause === undefined ? {} : { parentSpanId: cause.spanId }),
          startTimeUnixNano: unixNano(startedAt),
          endTimeUnixNano: unixNano(Math.max(now(), startedAt)),
          attributes: keyValues({ ...attributes, ...more }),
          links: links.flatMap((link) => {
            const linked = readTraceparent(link);
            return linked === undefined ? [] : [{ traceId: linked.traceId, spanId: linked.spanId }];
          }),
          status: failure === undefined ? {} : { code: STATUS_ERROR, message: failure },
        });
      },
    };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    let late: NodeJS.Timeout | undefined;
    const deadline = new Promise<void>((resolve) => {
      late = setTimeout(resolve, CLOSE_MS);
    });
    await Promise.race([this.flush(), deadline]);
    clearTimeout(late);
  }

  private keep(span: OtlpSpan): void {
    if (this.waiting.length < MOST_WAITING) this.waiting.push(span);
    else this.noteDropped(1, 'too many spans wait');
    if (this.waiting.length >= BATCH) void this.flush();
  }

  /** One batch after the other. Never rejects. */
  private flush(): Promise<void> {
    this.sending ??= this.sendAll().finally(() => {
      this.sending = undefined;
    });
    return this.sending;
  }

  private async sendAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH);
      try {
        await this.sink(tracesOf(this.resource, batch));
        this.noteSent();
      } catch (cause) {
        this.noteDropped(batch.length, describeCause(cause));
        return;
      }
    }
  }

  private noteDropped(spans: number, error: string): void {
    if (this.dropped === 0) this.log.warn({ activity: 'export spans', error }, 'spans are dropped');
    this.dropped += spans;
  }

  private noteSent(): void {
    if (this.dropped > 0) this.log.warn({ activity: 'export spans', rows: this.dropped }, 'spans are sent again');
    this.dropped = 0;
  }
}
