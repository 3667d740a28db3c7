import { expect } from 'chai';
import { createRequire } from 'node:module';
import * as t from 'io-ts';
import kafkajs from 'kafkajs';
import { isRight } from 'fp-ts/lib/Either.js';
import { classifyKafkaJsError, isBrokerAnswer } from '../../../src/infrastructure/kafka/classify-kafkajs-error.ts';
import { innermostCause } from '../../../src/infrastructure/kafka/innermost-cause.ts';

const {
  KafkaJSBrokerNotFound,
  KafkaJSConnectionError,
  KafkaJSLockTimeout,
  KafkaJSMetadataNotLoaded,
  KafkaJSNonRetriableError,
  KafkaJSNumberOfRetriesExceeded,
  KafkaJSProtocolError,
  KafkaJSRequestTimeoutError,
  KafkaJSSASLAuthenticationError,
} = kafkajs;

const Codes = t.type({
  errorCodes: t.array(t.type({ type: t.string, code: t.number, retriable: t.boolean, message: t.string })),
});
const decoded = Codes.decode(createRequire(import.meta.url)('kafkajs/src/protocol/error.js'));
if (!isRight(decoded)) throw new Error("kafkajs' table of error codes has another shape");
const { errorCodes } = decoded.right;

const EVENT = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'];
/* What a produce request cannot be answered with, or what does not tell the event from the environment. */
const UNKNOWN = [
  'UNKNOWN',
  'OFFSET_OUT_OF_RANGE',
  'CORRUPT_MESSAGE',
  'INVALID_FETCH_SIZE',
  'STALE_CONTROLLER_EPOCH',
  'OFFSET_METADATA_TOO_LARGE',
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
  'ILLEGAL_GENERATION',
  'INCONSISTENT_GROUP_PROTOCOL',
  'INVALID_GROUP_ID',
  'UNKNOWN_MEMBER_ID',
  'INVALID_SESSION_TIMEOUT',
  'REBALANCE_IN_PROGRESS',
  'INVALID_COMMIT_OFFSET_SIZE',
  'GROUP_AUTHORIZATION_FAILED',
  'INVALID_TIMESTAMP',
  'TOPIC_ALREADY_EXISTS',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_REPLICA_ASSIGNMENT',
  'INVALID_CONFIG',
  'INVALID_REQUEST',
  'POLICY_VIOLATION',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_TXN_STATE',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TRANSACTION_TIMEOUT',
  'CONCURRENT_TRANSACTIONS',
  'TRANSACTION_COORDINATOR_FENCED',
  'OPERATION_NOT_ATTEMPTED',
  'UNKNOWN_PRODUCER_ID',
  'REASSIGNMENT_IN_PROGRESS',
  'DELEGATION_TOKEN_AUTH_DISABLED',
  'DELEGATION_TOKEN_OWNER_MISMATCH',
  'DELEGATION_TOKEN_REQUEST_NOT_ALLOWED',
  'INVALID_PRINCIPAL_TYPE',
  'NON_EMPTY_GROUP',
  'GROUP_ID_NOT_FOUND',
  'FETCH_SESSION_ID_NOT_FOUND',
  'INVALID_FETCH_SESSION_EPOCH',
  'TOPIC_DELETION_DISABLED',
  'MEMBER_ID_REQUIRED',
  'GROUP_MAX_SIZE_REACHED',
  'FENCED_INSTANCE_ID',
  'ELECTION_NOT_NEEDED',
  'NO_REASSIGNMENT_IN_PROGRESS',
  'GROUP_SUBSCRIBED_TO_TOPIC',
  'UNSTABLE_OFFSET_COMMIT',
];
const OUTAGE = [
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REQUEST_TIMED_OUT',
  'BROKER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'NETWORK_EXCEPTION',
  'INVALID_TOPIC_EXCEPTION',
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'INVALID_REQUIRED_ACKS',
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'UNSUPPORTED_VERSION',
  'NOT_CONTROLLER',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'SECURITY_DISABLED',
  'KAFKA_STORAGE_ERROR',
  'LOG_DIR_NOT_FOUND',
  'SASL_AUTHENTICATION_FAILED',
  'DELEGATION_TOKEN_NOT_FOUND',
  'DELEGATION_TOKEN_AUTHORIZATION_FAILED',
  'DELEGATION_TOKEN_EXPIRED',
  'LISTENER_NOT_FOUND',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'STALE_BROKER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'PREFERRED_LEADER_NOT_AVAILABLE',
  'ELIGIBLE_LEADERS_NOT_AVAILABLE',
];
const kinds = new Map(
  (
    [
      ['event', EVENT],
      ['outage', OUTAGE],
      ['unknown', UNKNOWN],
    ] as const
  ).flatMap(([kind, types]) => types.map((type) => [type, kind] as const)),
);

/** kafkajs' constructors take more than its types say. */
const made = (errorClass: abstract new (...args: never[]) => Error, ...args: readonly unknown[]): Error => {
  const error: unknown = Reflect.construct(errorClass, args);
  if (!(error instanceof Error)) throw new Error(`${errorClass.name} is no error`);
  return error;
};
const protocolError = (code: t.TypeOf<typeof Codes>['errorCodes'][number]): Error => made(KafkaJSProtocolError, code);

/** As kafkajs throws it out of `send` with no retries. */
const wrapped = (error: Error): Error => {
  const retries = new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 0, retryTime: 300 });
  return Object.assign(new KafkaJSNonRetriableError(retries), { cause: retries });
};

describe('classification of publish failures of kafkajs', () => {
  it('knows every error code of the client’s protocol, each once', () => {
    expect([...kinds.keys()].toSorted()).to.deep.equal(errorCodes.map(({ type }) => type).toSorted());
  });

  for (const code of errorCodes)
    it(`${code.type} (${code.code}) is ${kinds.get(code.type) ?? 'missing here'}, bare and wrapped`, () => {
      const answer = protocolError(code);
      for (const error of [answer, wrapped(answer)]) {
        expect(classifyKafkaJsError(error)).to.include({ kind: kinds.get(code.type), reason: code.type });
        expect(isBrokerAnswer(error)).to.equal(true);
      }
    });

  it('an error code the client does not know is unknown', () => {
    const error = protocolError({
      type: 'KAFKAJS_UNKNOWN_ERROR_CODE',
      code: -99,
      retriable: false,
      message: 'Unknown error code 107',
    });
    expect(classifyKafkaJsError(error).kind).to.equal('unknown');
  });

  for (const [error, kind, reason] of [
    [
      made(KafkaJSConnectionError, 'Connection error: ', { code: 'ECONNREFUSED', broker: 'b:1' }),
      'outage',
      'connection refused',
    ],
    [
      made(KafkaJSConnectionError, 'Connection error: ', { code: 'ECONNRESET', broker: 'b:1' }),
      'outage',
      'connection reset',
    ],
    [
      made(KafkaJSConnectionError, 'Connection error: ', { code: 'ENOTFOUND', broker: 'b:1' }),
      'outage',
      'host name not found',
    ],
    [made(KafkaJSConnectionError, 'Connection timeout', { broker: 'b:1' }), 'outage', 'connection failed'],
    [
      made(KafkaJSRequestTimeoutError, 'timed out', {
        broker: 'b:1',
        clientId: 'c',
        correlationId: 1,
        createdAt: 1,
        sentAt: 1,
        pendingDuration: 1,
      }),
      'outage',
      'request timed out',
    ],
    [made(KafkaJSMetadataNotLoaded, 'no metadata'), 'outage', 'topic metadata not available'],
    [made(KafkaJSBrokerNotFound, 'no broker'), 'outage', 'broker not found'],
    [made(KafkaJSLockTimeout, 'lock'), 'outage', 'connection timed out'],
    [made(KafkaJSSASLAuthenticationError, 'refused'), 'outage', 'authentication failed'],
    [Object.assign(new Error('read'), { code: 'ECONNRESET', syscall: 'read' }), 'outage', 'connection reset'],
    [new TypeError('undefined is not a function'), 'unknown', 'TypeError'],
    [new Error('anything'), 'unknown', 'Error'],
  ] as const)
    it(`${error.name}: ${error.message} is ${kind}: ${reason}, bare and wrapped`, () => {
      for (const thrown of [error, wrapped(error)]) {
        expect(classifyKafkaJsError(thrown)).to.include({ kind, reason });
        expect(isBrokerAnswer(thrown)).to.equal(false);
      }
    });

  it('keeps the whole chain as the cause', () => {
    const chain = wrapped(new Error('innermost'));
    expect(classifyKafkaJsError(chain).cause).to.equal(chain);
    expect(innermostCause(chain)).to.include({ message: 'innermost' });
  });

  it('ends on a chain that bites its own tail, and on what is no error', () => {
    const loop = new Error('loop');
    loop.cause = loop;
    expect(classifyKafkaJsError(loop).kind).to.equal('unknown');
    expect(classifyKafkaJsError('a string')).to.include({ kind: 'unknown', reason: 'not an error' });
  });
});
