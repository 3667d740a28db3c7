import { appendFile } from 'node:fs/promises';
import type { OtlpTraces } from './otlp-trace.ts';

/** Takes a batch of spans away. Rejects when it cannot. */
export type SpanSink = (traces: OtlpTraces) => Promise<void>;

const TIMEOUT_MS = 5_000;

/** OTLP over HTTP in JSON, to a collector. `endpoint` is the base, as in OTEL_EXPORTER_OTLP_ENDPOINT. */
export const httpSink =
  (endpoint: string): SpanSink =>
  async (traces) => {
    const response = await fetch(`${endpoint.replace(/\/$/, '')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(traces),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`the collector answered ${response.status}`);
  };

/** A line of JSON for each batch, as the file exporter of OpenTelemetry writes them; several processes may share a file. */
export const fileSink =
  (path: string): SpanSink =>
  (traces) =>
    appendFile(path, `${JSON.stringify(traces)}\n`);
