import type { Logger } from 'pino';

/** A line of the Kafka client's log, as far as ours shows it. */
interface KafkaLine {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly namespace: string;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/**
 * The Kafka client calls an outage an error each time it meets it. The relay and the readiness checks report what
 * matters, so its lines go one level down.
 */
const LOWERED = { error: 'warn', warn: 'debug', info: 'debug', debug: 'debug' } as const;

export const kafkaLog =
  (log: Logger) =>
  ({ level, namespace, message, details }: KafkaLine): void => {
    log[LOWERED[level]]({ activity: `kafka ${namespace}`, reason: details['error'] }, message);
  };
