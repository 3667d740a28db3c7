import type { PublishFailure } from '../../application/ports/publisher.ts';

type Kind = PublishFailure['kind'];

/**
 * What a broker's answer to a produce request says about who is to blame. An answer that is not listed is
 * `unknown`: the relay blames the event only when another order's record gets through.
 *
 * Left out on purpose: CORRUPT_MESSAGE (a checksum may break on the way) and INVALID_TIMESTAMP (the timestamp is
 * this machine's clock at sending, not the event's, so a wrong clock must not quarantine every event).
 */
const BROKER_ANSWERS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['MESSAGE_TOO_LARGE', 'event'],
  ['RECORD_LIST_TOO_LARGE', 'event'],
  ['INVALID_RECORD', 'event'],

  ['UNKNOWN_TOPIC_OR_PARTITION', 'outage'],
  ['INVALID_TOPIC_EXCEPTION', 'outage'],
  ['LEADER_NOT_AVAILABLE', 'outage'],
  ['NOT_LEADER_FOR_PARTITION', 'outage'],
  ['PREFERRED_LEADER_NOT_AVAILABLE', 'outage'],
  ['ELIGIBLE_LEADERS_NOT_AVAILABLE', 'outage'],
  ['FENCED_LEADER_EPOCH', 'outage'],
  ['UNKNOWN_LEADER_EPOCH', 'outage'],
  ['LISTENER_NOT_FOUND', 'outage'],
  ['OFFSET_NOT_AVAILABLE', 'outage'],
  ['REQUEST_TIMED_OUT', 'outage'],
  ['NETWORK_EXCEPTION', 'outage'],
  ['BROKER_NOT_AVAILABLE', 'outage'],
  ['STALE_BROKER_EPOCH', 'outage'],
  ['NOT_CONTROLLER', 'outage'],
  ['REPLICA_NOT_AVAILABLE', 'outage'],
  ['NOT_ENOUGH_REPLICAS', 'outage'],
  ['NOT_ENOUGH_REPLICAS_AFTER_APPEND', 'outage'],
  ['INVALID_REQUIRED_ACKS', 'outage'],
  ['KAFKA_STORAGE_ERROR', 'outage'],
  ['LOG_DIR_NOT_FOUND', 'outage'],
  ['UNSUPPORTED_VERSION', 'outage'],
  ['UNSUPPORTED_FOR_MESSAGE_FORMAT', 'outage'],
  ['UNSUPPORTED_COMPRESSION_TYPE', 'outage'],
  ['TOPIC_AUTHORIZATION_FAILED', 'outage'],
  ['CLUSTER_AUTHORIZATION_FAILED', 'outage'],
  ['TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'outage'],
  ['DELEGATION_TOKEN_AUTHORIZATION_FAILED', 'outage'],
  ['DELEGATION_TOKEN_EXPIRED', 'outage'],
  ['DELEGATION_TOKEN_NOT_FOUND', 'outage'],
  ['SASL_AUTHENTICATION_FAILED', 'outage'],
  ['UNSUPPORTED_SASL_MECHANISM', 'outage'],
  ['ILLEGAL_SASL_STATE', 'outage'],
  ['SECURITY_DISABLED', 'outage'],
]);

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

const NETWORK_CODES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection reset'],
  ['ETIMEDOUT', 'connection timed out'],
  ['EHOSTUNREACH', 'host unreachable'],
  ['ENETUNREACH', 'network unreachable'],
  ['ENOTFOUND', 'host name not found'],
  ['EAI_AGAIN', 'host name not found'],
]);

const MAX_DEPTH = 16;

/** The last error in the chain of causes. kafkajs wraps what happened, even with no retries. */
export const innermostCause = (error: unknown): unknown => {
  let current = error;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    if (!(current instanceof Error) || current.cause === undefined || current.cause === null) return current;
    current = current.cause;
  }
  return current;
};

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
export const classifyPublishError = (error: unknown): PublishFailure => {
  const failure = (kind: Kind, reason: string): PublishFailure => ({
    _tag: 'PublishFailure',
    kind,
    reason,
    cause: error,
  });
  const inner = innermostCause(error);
  if (!(inner instanceof Error)) return failure('unknown', 'not an error');
  const type = textField(inner, 'type');
  if (type !== undefined) return failure(BROKER_ANSWERS.get(type) ?? 'unknown', type);
  const network = NETWORK_CODES.get(textField(inner, 'code') ?? '');
  if (network !== undefined) return failure('outage', network);
  const client = CLIENT_OUTAGES.get(inner.name);
  if (client !== undefined) return failure('outage', client);
  return failure('unknown', inner.name);
};
