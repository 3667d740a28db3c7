import { pino } from 'pino';
import type { Bindings, ChildLoggerOptions, DestinationStream, LevelWithSilent, LogFn, Logger } from 'pino';
import { describeCause } from '../../application/describe-cause.ts';
import { withoutSecrets } from '../../application/without-secrets.ts';

/**
 * Fields a log line may have; every other is dropped, and what is no text or figure is not shown, so that no payload, token
 * or personal data is logged by accident. A new field is a decision made here.
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
  'where',
]);

/** Of an allowed field what is text or a figure; an object could hold anything, so it is not looked into. */
const shown = (value: unknown): unknown => {
  if (typeof value === 'string') return withoutSecrets(value);
  return value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : 'not shown';
};

const allowed = (fields: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => ALLOWED_FIELDS.has(name))
      .map(([name, value]) => [name, shown(value)]),
  );

/** pino takes the message of an error for that of the line, and writes objects into it where a message asks for one. */
const safeArgument = (argument: unknown): unknown => {
  if (typeof argument === 'string') return withoutSecrets(argument);
  if (argument instanceof Error) return { error: describeCause(argument) };
  return typeof argument === 'object' && argument !== null ? allowed({ ...argument }) : argument;
};

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
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: {
      logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
        Reflect.apply(method, this, args.map(safeArgument));
      },
    },
  };
  const log = destination === undefined ? pino(options) : pino(options, destination);
  return redactChildren(log, log);
};
