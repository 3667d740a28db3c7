import { pino } from 'pino';
import type { Bindings, ChildLoggerOptions, DestinationStream, LevelWithSilent, Logger } from 'pino';

/**
 * Fields a log line may have; every other is dropped, so that no payload, token or personal data is logged by
 * accident. A new field is a decision made here.
 */
export const ALLOWED_FIELDS: ReadonlySet<string> = new Set([
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
  'relays',
  'requestId',
  'retryAfterMs',
  'role',
  'route',
  'rows',
  'sequence',
  'share',
  'signal',
  'status',
  'table',
  'traceparent',
]);

const allowed = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => ALLOWED_FIELDS.has(name)));

interface MakesChildren {
  readonly child: (fields: Bindings, options?: ChildLoggerOptions) => Logger;
}

/** pino leaves alone what a child of a logger adds to each of its lines; `child` is pino's own. */
const redactChildren = (log: Logger, { child }: MakesChildren): Logger => {
  const redacting: MakesChildren = {
    child: (fields, options) => redactChildren(child.call(log, allowed(fields), options), { child }),
  };
  return Object.assign(log, redacting);
};

/** JSON lines; the process writes them to stdout. */
export const createLogger = (level: LevelWithSilent, destination?: DestinationStream): Logger => {
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: allowed },
  };
  const log = destination === undefined ? pino(options) : pino(options, destination);
  return redactChildren(log, log);
};
