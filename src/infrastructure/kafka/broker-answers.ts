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
  ['NOT_LEADER_OR_FOLLOWER', 'outage'],
  // The same by its name until Kafka 2.6.
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

/** `name` as Kafka has it, such as `MESSAGE_TOO_LARGE`. */
export const blameOf = (name: string): Kind => BROKER_ANSWERS.get(name) ?? 'unknown';
