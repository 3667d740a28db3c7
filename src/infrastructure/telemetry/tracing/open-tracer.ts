import type { Logger } from 'pino';
import type { Tracer } from '../../../application/ports/tracer.ts';

/** Where spans go; nowhere when neither is set. */
export interface TracingConfig {
  /** Base URL of a collector, OTLP over HTTP. */
  readonly endpoint: string | undefined;
  /** A file, for machines without a collector. */
  readonly file: string | undefined;
}

/** Undefined when tracing is off: then nothing of it is even loaded. */
export const openTracer = async (
  { endpoint, file }: TracingConfig,
  resource: { readonly service: string; readonly instance: string },
  log: Logger,
): Promise<Tracer | undefined> => {
  if (endpoint === undefined && file === undefined) return undefined;
  const { OtlpTracer } = await import('./otlp-tracer.ts');
  const { fileSink, httpSink } = await import('./span-sinks.ts');
  const sink = endpoint === undefined ? fileSink(file ?? '') : httpSink(endpoint);
  return new OtlpTracer({ 'service.name': resource.service, 'service.instance.id': resource.instance }, sink, log);
};
