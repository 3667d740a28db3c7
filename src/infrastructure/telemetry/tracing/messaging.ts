import type { SpanAttributes } from '../../../application/ports/tracer.ts';

/** Attributes of OpenTelemetry's conventions for messaging, as Kafka fills them in. */
export const aboutTopic = (topic: string, operation: 'create' | 'send' | 'process'): SpanAttributes => ({
  'messaging.system': 'kafka',
  'messaging.destination.name': topic,
  'messaging.operation.name': operation,
  'messaging.operation.type': operation,
});
