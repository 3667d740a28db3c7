import { pino } from 'pino';
import type { DestinationStream, LevelWithSilent, Logger } from 'pino';

/**
 * Fields a log line may have; every other is dropped, so that no payload, token or personal data is logged by
 * accident. A new field is a decision made here.
 */
const ALLOWED: ReadonlySet<string> = new Set([
  'activity',
  'address',
  'attempt',
  'check',
  'cutoff',
  'epoch',
  'error',
  'eventId',
  'kafkaClient',
  'lane',
  'mend',
  'method',
  'ms',
  'orderId',
  'port',
  'problem',
  'reason',
  'requestId',
  'retryAfterMs',
  'role',
  'route',
  'rows',
  'sequence',
  'signal',
  'status',
  'table',
  'traceparent',
]);

const allowed = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => ALLOWED.has(name)));

/** JSON lines; the process writes them to stdout. */
export const createLogger = (level: LevelWithSilent, destination?: DestinationStream): Logger => {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: allowed },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
};
