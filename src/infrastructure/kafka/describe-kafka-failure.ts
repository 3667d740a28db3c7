import { innermostCause } from './innermost-cause.ts';

const brokerOf = (error: Error): string | undefined => {
  const broker: unknown = Reflect.get(error, 'broker');
  return typeof broker === 'string' ? broker : undefined;
};

/** What went wrong in the end, in one line that names the broker wherever the client knows which one it was. */
export const describeKafkaFailure = (error: unknown): string => {
  const inner = innermostCause(error);
  if (!(inner instanceof Error)) return String(inner);
  const broker = brokerOf(inner);
  return broker === undefined || inner.message.includes(broker) ? inner.message : `${inner.message} (${broker})`;
};
