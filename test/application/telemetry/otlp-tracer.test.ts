import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Publisher } from '../../../src/application/ports/publisher.ts';
import type { OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import { createLogger } from '../../../src/infrastructure/telemetry/logger.ts';
import { openTracer } from '../../../src/infrastructure/telemetry/tracing/open-tracer.ts';
import { OtlpTracer } from '../../../src/infrastructure/telemetry/tracing/otlp-tracer.ts';
import type { SpanSink } from '../../../src/infrastructure/telemetry/tracing/span-sinks.ts';
import { tracedPublisher } from '../../../src/infrastructure/telemetry/tracing/traced-publisher.ts';
import { decoded } from '../../support/decoded.ts';
import { spansOf, Traces } from '../../support/otlp-receiver.ts';
import type { ReceivedSpan } from '../../support/otlp-receiver.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const NOT_SAMPLED = `00-${TRACE}-b7ad6b7169203331-00`;
const silent = createLogger('silent');

/** A tracer that keeps what it sends; `failing` batches are refused first. */
const recording = (failing = 0) => {
  const spans: ReceivedSpan[] = [];
  let left = failing;
  const sink: SpanSink = (traces) => {
    left -= 1;
    if (left >= 0) return Promise.reject(new Error('the collector is away'));
    spans.push(...spansOf(decoded(Traces, traces)));
    return Promise.resolve();
  };
  return { spans, tracer: new OtlpTracer({ 'service.name': 'test' }, sink, silent) };
};
const start = { name: 'work', kind: 'internal', attributes: { a: 'b', n: 3 } } as const;

describe('the tracer', () => {
  it('given a parent / then the span is its child in the same trace, and hands itself on', async () => {
    const { spans, tracer } = recording();
    const span = tracer.start({ ...start, parent: PARENT });
    span.end({ failure: 'outage', attributes: { more: 1 } });
    span.end();
    await tracer.close();
    expect(spans).to.have.lengthOf(1);
    expect(spans[0]).to.deep.include({
      traceId: TRACE,
      parentSpanId: 'b7ad6b7169203331',
      kind: 'internal',
      failure: 'outage',
    });
    expect(span.traceparent).to.equal(`00-${TRACE}-${spans[0]?.spanId ?? ''}-01`);
    expect(Object.fromEntries(spans[0]?.attributes ?? [])).to.deep.equal({ a: 'b', n: '3', more: '1' });
  });

  it('given no parent, or one that is malformed / then it begins a trace', async () => {
    const { spans, tracer } = recording();
    for (const parent of [undefined, 'nonsense', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`])
      tracer.start({ ...start, parent }).end();
    await tracer.close();
    expect(spans.map(({ parentSpanId }) => parentSpanId)).to.deep.equal([undefined, undefined, undefined]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).to.equal(3);
  });

  it('given a trace that nobody wants recorded / then it is handed on and not recorded', async () => {
    const { spans, tracer } = recording();
    const span = tracer.start({ ...start, parent: NOT_SAMPLED });
    span.end();
    await tracer.close();
    expect(spans).to.deep.equal([]);
    expect(span.traceparent).to.match(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  });

  it('given a collector that is away / then spans are dropped, and later ones arrive', async () => {
    const { spans, tracer } = recording(1);
    for (let n = 0; n < 512; n += 1) tracer.start({ ...start, parent: undefined }).end();
    await tracer.close();
    tracer.start({ ...start, name: 'later', parent: undefined }).end();
    await tracer.close();
    expect(spans.map(({ name }) => name)).to.deep.equal(['later']);
  });

  it('given neither a collector nor a file / then there is none', async () => {
    expect(
      await openTracer({ endpoint: undefined, file: undefined }, { service: 's', instance: 'i' }, silent),
    ).to.equal(undefined);
  });

  it('given a file / then each batch is a line of it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'traces-'));
    try {
      const file = join(directory, 'traces.jsonl');
      const tracer = await openTracer({ endpoint: undefined, file }, { service: 'orderly-api', instance: 'i' }, silent);
      tracer?.start({ ...start, parent: PARENT }).end();
      await tracer?.close();
      const [line = '', rest] = (await readFile(file, 'utf8')).split('\n');
      expect(rest).to.equal('');
      expect(spansOf(decoded(Traces, JSON.parse(line))).map(({ service }) => service)).to.deep.equal(['orderly-api']);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('a publisher whose requests are spans', () => {
  const record = (id: number): OutboxRecord => ({
    ...{ id, eventId: `e-${id}`, orderKey: `o-${id}`, sequence: 1, type: 'Moved', version: 1, payload: '{}' },
    ...{ occurredAt: '2026-01-31T09:30:00Z', headers: { traceparent: PARENT }, lane: 2, attempts: 0, blocking: false },
  });
  const publisher = (publish: Publisher['publish']): Publisher => ({
    ...{ publish, sizeOf: () => 1, maxBatchBytes: () => 1 },
    refreshLimits: () => TE.right(undefined),
  });

  it('given a batch / then one request, linked to each event, and each event linked to it', async () => {
    const { spans, tracer } = recording();
    await tracedPublisher(
      publisher(() => TE.right({ baseOffset: 40 })),
      tracer,
      't',
    ).publish(2, [record(1), record(2)])();
    await tracer.close();
    const [request, ...events] = spans;
    expect(request).to.deep.include({
      name: 'send t',
      kind: 'client',
      links: ['b7ad6b7169203331', 'b7ad6b7169203331'],
    });
    expect(request?.traceId).not.to.equal(TRACE);
    expect(events.map(({ traceId, links }) => [traceId, links])).to.deep.equal([
      [TRACE, [request?.spanId]],
      [TRACE, [request?.spanId]],
    ]);
    expect(events.map(({ attributes }) => attributes.get('messaging.kafka.offset'))).to.deep.equal(['40', '41']);
  });

  it('given a refusal / then it is handed on as it is, and the spans say so', async () => {
    const { spans, tracer } = recording();
    const failure = { _tag: 'PublishFailure', kind: 'outage', reason: 'no leader', cause: undefined } as const;
    const answer = await tracedPublisher(
      publisher(() => TE.left(failure)),
      tracer,
      't',
    ).publish(2, [record(1)])();
    await tracer.close();
    expect(answer).to.deep.equal({ _tag: 'Left', left: failure });
    expect(spans.map((span) => span.failure)).to.deep.equal(['outage: no leader', 'outage: no leader']);
  });
});
