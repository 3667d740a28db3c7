/*
 * Everything the checker looks at, and nothing else: plain data, gathered from outside while the system under
 * test runs and after it came to rest. The checker shares no code with the system it judges.
 *
 * Times are milliseconds since 1970, UTC, with fractions where the source has microseconds. All processes of an
 * environment run on one machine, so its clocks agree; `clockToleranceMs` is the slack granted all the same.
 */

/** Rows of one source of evidence. Anything named in `missing` was not seen: a verdict that needs it is `unknown`. */
export interface Source<Row> {
  readonly rows: readonly Row[];
  /** Plain sentences, one for each known gap. Empty: the source is complete. */
  readonly missing: readonly string[];
}

export interface RunFacts {
  /** Null outside a seeded run, e.g. when a running environment is looked at. */
  readonly seed: number | null;
  readonly startedAt: number;
  /** When the last client request had its outcome and the system was given time to come to rest. */
  readonly finishedAt: number;
  readonly topic: string;
  /** Partition count of the topic, asked from the broker at the start of the run. */
  readonly partitions: number;
  /** Orders the workload meant to place. */
  readonly ordersRequested: number;
  readonly clockToleranceMs: number;
  /** Names of the consumers that must have handled the whole topic. */
  readonly consumers: readonly string[];
  /** True when the consumers' callbacks must bring every order to its end: delivered or cancelled. */
  readonly closedLoop?: boolean;
}

/** Place an order, or one of the commands on an order that exists; `change` is any that has no name of its own here. */
export type ClientOperationKind = 'place' | 'pay' | 'ship' | 'deliver' | 'cancel' | 'change';

/**
 * One request of a client under one Idempotency-Key, however often it was sent until its outcome was known.
 *
 * - `ok`: a 2xx answer came.
 * - `fail`: a 4xx answer came that is final (not 408, 425 or 429, and not "the same key is at work").
 * - `unknown`: neither; it may or may not have happened.
 */
export interface ClientOperation {
  /** Position in the history, from 0, by time of the first sending. */
  readonly index: number;
  readonly kind: ClientOperationKind;
  readonly idempotencyKey: string;
  /** Of the command's path, or of the answer to `place`; null when no answer told it. */
  readonly orderId: string | null;
  /**
   * A text unique to this request that the service stores with the order: `customerId` for `place`,
   * `paymentReference`, `trackingNumber`, `receivedBy` or `reason` for the others. It tells whose request took
   * effect even when its answer never came. For `change` it is the type of the event that it raises.
   */
  readonly marker: string;
  readonly invokedAt: number;
  /** When the outcome was known or given up on. */
  readonly completedAt: number;
  /** How often the request was sent, from 1. */
  readonly sent: number;
  readonly outcome: 'ok' | 'fail' | 'unknown';
  /** HTTP status of the last answer; null when none came. */
  readonly status: number | null;
  /** `place` only: what was ordered, in minor units, so that totals can be compared. */
  readonly totalMinor: number | null;
}

export interface OrderRow {
  readonly orderId: string;
  /** Sequence of the last event. */
  readonly version: number;
  readonly status: string;
  readonly customerId: string;
  readonly totalMinor: number;
  readonly paidMinor: number | null;
  readonly paymentReference: string | null;
  readonly trackingNumber: string | null;
  readonly receivedBy: string | null;
  readonly cancelReason: string | null;
  readonly placedAt: number;
}

export type OutboxStatus = 'PENDING' | 'COMPLETED' | 'QUARANTINED';

/** An event as it was committed with its order. */
interface CommittedEvent {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly type: string;
  readonly version: number;
  readonly occurredAt: number;
  /** SHA-256 of the payload's UTF-8 bytes, hex. */
  readonly payloadSha256: string;
  readonly payloadBytes: number;
  /** The column of extra headers; null when it is no JSON object of texts. */
  readonly headers: Readonly<Record<string, string>> | null;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: number;
}

export interface OutboxRow extends CommittedEvent {
  readonly id: number;
  readonly status: OutboxStatus;
  readonly nextAttemptAt: number | null;
  readonly heldBy: number | null;
  readonly publishedAt: number | null;
  readonly partition: number;
  readonly offset: number | null;
}

/** An event an operator skipped; the row `replacementEventId` of the outbox took its place. */
export interface SkippedRow extends CommittedEvent {
  readonly skippedAt: number;
  readonly skippedBy: string;
  readonly reason: string;
  readonly replacementEventId: string;
}

export interface AttemptRow {
  readonly id: number;
  readonly eventId: string;
  readonly attempt: number;
  readonly failedAt: number;
  readonly error: string;
}

export interface AuditRow {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  readonly action: 'redrive' | 'skip' | 'purge';
  readonly eventId: string | null;
  readonly reason: string | null;
}

/** A removal of published rows from the outbox, as the service recorded it. */
export interface PurgeRow {
  readonly id: number;
  readonly at: number;
  readonly actor: string;
  /** Only what was published before this moment may go. */
  readonly cutoff: number;
  readonly purgedRows: number;
}

/** A holder of a relay lease as seen while the run went on; one row for each change seen. */
export interface LeaseSighting {
  readonly at: number;
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
}

/** An event seen QUARANTINED while the run went on; one row for each event. */
export interface QuarantineSighting {
  readonly eventId: string;
  readonly firstSeenAt: number;
  readonly lastSeenAt: number;
}

/** The outbox at one moment. */
export interface BacklogSample {
  readonly at: number;
  /** PENDING and marked as held. */
  readonly held: number;
  /** PENDING and not marked as held. */
  readonly pending: number;
  readonly quarantined: number;
}

/** One record of the raw log. */
export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  /** LogAppendTime of the broker. */
  readonly appendedAt: number;
  /** Null when the record has no key or one that is not UTF-8. */
  readonly key: string | null;
  /** SHA-256 of the value's bytes, hex; null for a null value. */
  readonly valueSha256: string | null;
  readonly valueBytes: number;
  /** Texts; a header that is not UTF-8 is given as `base64:…`, one that is repeated as its values joined by a NUL. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What the broker says about one partition when the log was read to its end. */
export interface PartitionEnd {
  readonly partition: number;
  readonly logStart: number;
  /** One past the last record. */
  readonly logEnd: number;
}

/** One row of a consumer's effect table: something that consumer did, once. */
export interface EffectRow {
  readonly id: number;
  readonly consumer: string;
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
  readonly kind: string;
  readonly appliedAt: number;
  /** As the consumer wrote it; shown, never interpreted. */
  readonly detail: string | null;
}

/** One row of a consumer's inbox: an event it applied, written in the transaction of its effect. */
export interface InboxRow {
  readonly consumer: string;
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
  /** The stand-in of an event that an operator skipped: noted, without an effect. */
  readonly skipped: boolean;
  readonly appliedAt: number;
}

/** An event stored instead of applied: an earlier one is missing, or its order is parked. */
export interface WaitingRow {
  readonly consumer: string;
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
}

/** A record kept because it broke the contract. */
export interface ParkedRow {
  readonly consumer: string;
  /** Null when the record does not say whose it is. */
  readonly orderId: string | null;
  readonly eventId: string | null;
  readonly partition: number;
  readonly offset: number;
  readonly reason: string;
}

/** Where one consumer stands with one order. */
export interface ConsumerOrderRow {
  readonly consumer: string;
  readonly orderId: string;
  readonly lastSequence: number;
  /** First sequence applied, when the consumer was allowed to begin above 1. */
  readonly baselineSequence: number | null;
  /** Why the order is parked now; null when it is not. */
  readonly parkedReason: string | null;
}

/** A request to the service that an effect asked for. */
export interface CallbackRow {
  readonly consumer: string;
  readonly eventId: string;
  readonly orderId: string;
  readonly name: string;
  /** `pending` until a final answer: `delivered` after a 2xx, `refused` after a 4xx that is final. */
  readonly status: 'pending' | 'delivered' | 'refused';
  readonly answerStatus: number | null;
  readonly createdAt: number;
  readonly finishedAt: number | null;
}

/** The next offset a consumer group would read. */
export interface CommittedOffset {
  readonly consumer: string;
  readonly partition: number;
  readonly offset: number;
}

/** A fault from the moment it was started to the moment what it broke was up again. */
export interface FaultWindow {
  /** E.g. `relay-kill`, `broker-restart`, `poison`. */
  readonly kind: string;
  /**
   * What was hit: a process (`api`, `relay`, `relay-2`, `kafka`, `mysql`, a consumer's name), or `topic` for single
   * records. Records concern their own orders only, so such a fault excuses no delay and no duplicate.
   */
  readonly target: string;
  readonly at: number;
  /** Null: it never healed. */
  readonly healedAt: number | null;
}

/** A record the simulator itself wrote to the topic. It has no outbox row of its own. */
export interface InjectedRecord {
  readonly partition: number;
  readonly offset: number;
  /** `duplicate`: a copy of an event of the outbox. `poison`: no event at all. */
  readonly kind: 'duplicate' | 'poison';
}

export interface Evidence {
  readonly run: RunFacts;
  readonly history: Source<ClientOperation>;
  readonly orders: Source<OrderRow>;
  readonly outbox: Source<OutboxRow>;
  readonly skipped: Source<SkippedRow>;
  readonly attempts: Source<AttemptRow>;
  readonly audit: Source<AuditRow>;
  readonly purges: Source<PurgeRow>;
  readonly leases: Source<LeaseSighting>;
  readonly quarantines: Source<QuarantineSighting>;
  readonly backlog: Source<BacklogSample>;
  readonly log: Source<LogRecord>;
  readonly partitionEnds: Source<PartitionEnd>;
  readonly effects: Source<EffectRow>;
  readonly inbox: Source<InboxRow>;
  readonly waiting: Source<WaitingRow>;
  readonly parked: Source<ParkedRow>;
  readonly consumerOrders: Source<ConsumerOrderRow>;
  readonly callbacks: Source<CallbackRow>;
  readonly committedOffsets: Source<CommittedOffset>;
  readonly faults: Source<FaultWindow>;
  readonly injected: Source<InjectedRecord>;
  /** When the outbox was read for the last time, on the database's clock; `finishedAt` at the earliest. */
  readonly outboxReadAt: number;
}

export type SourceName = Exclude<keyof Evidence, 'run' | 'outboxReadAt'>;

export const SOURCE_NAMES: readonly SourceName[] = [
  'history',
  'orders',
  'outbox',
  'skipped',
  'attempts',
  'audit',
  'purges',
  'leases',
  'quarantines',
  'backlog',
  'log',
  'partitionEnds',
  'effects',
  'inbox',
  'waiting',
  'parked',
  'consumerOrders',
  'callbacks',
  'committedOffsets',
  'faults',
  'injected',
];
