import type { PublishFailure } from '../../application/ports/publisher.ts';
import { blameOf } from './broker-answers.ts';
import { innermostCause } from './innermost-cause.ts';
import { NETWORK_CODES } from './network-codes.ts';

/** Failures of the client itself, by name: the broker was not reached or did not answer. */
const CLIENT_OUTAGES: ReadonlyMap<string, string> = new Map([
  ['KafkaJSConnectionError', 'connection failed'],
  ['KafkaJSConnectionClosedError', 'connection closed'],
  ['KafkaJSRequestTimeoutError', 'request timed out'],
  ['KafkaJSTimeout', 'request timed out'],
  ['KafkaJSLockTimeout', 'connection timed out'],
  ['KafkaJSMetadataNotLoaded', 'topic metadata not available'],
  ['KafkaJSTopicMetadataNotLoaded', 'topic metadata not available'],
  ['KafkaJSStaleTopicMetadataAssignment', 'topic metadata not available'],
  ['KafkaJSBrokerNotFound', 'broker not found'],
  ['KafkaJSNoBrokerAvailableError', 'broker not found'],
  ['KafkaJSSASLAuthenticationError', 'authentication failed'],
  ['KafkaJSServerDoesNotSupportApiKey', 'broker does not support the request'],
]);

const textField = (value: Error, field: 'type' | 'code'): string | undefined => {
  const found: unknown = Reflect.get(value, field);
  return typeof found === 'string' ? found : undefined;
};

/** True when the broker answered, so that its connection is in order. */
export const isBrokerAnswer = (error: unknown): boolean => {
  const inner = innermostCause(error);
  return inner instanceof Error && textField(inner, 'type') !== undefined;
};

/** A failed send or read as the relay sees it; `cause` keeps the whole chain. */
export const classifyKafkaJsError = (error: unknown): PublishFailure => {
  const failure = (kind: PublishFailure['kind'], reason: string): PublishFailure => ({
    _tag: 'PublishFailure',
    kind,
    reason,
    cause: error,
  });
  const inner = innermostCause(error);
  if (!(inner instanceof Error)) return failure('unknown', 'not an error');
  const type = textField(inner, 'type');
  if (type !== undefined) return failure(blameOf(type), type);
  const network = NETWORK_CODES.get(textField(inner, 'code') ?? '');
  if (network !== undefined) return failure('outage', network);
  const client = CLIENT_OUTAGES.get(inner.name);
  if (client !== undefined) return failure('outage', client);
  return failure('unknown', inner.name);
};
