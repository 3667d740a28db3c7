import { createHash } from 'node:crypto';
import type { OutboxRecord } from '../../src/application/ports/relay-outbox.ts';
import type {
  OutboxRow as StoredRow,
  SkippedRow as StoredSkip,
} from '../../src/infrastructure/in-memory/in-memory-database.ts';
import type { Evidence, LogRecord, OutboxRow, SkippedRow, Source } from '../checker/evidence.ts';
import { dataSchemaOf } from '../checker/read-headers.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import type { World } from './world.ts';

/* What the models hold, told to the checker as if it had been read from MySQL and Kafka. Nothing is judged here. */

const complete = <Row>(rows: readonly Row[]): Source<Row> => ({ rows, missing: [] });

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const committedEvent = (row: StoredRow) => ({
  eventId: row.eventId,
  orderId: row.orderKey,
  sequence: row.sequence,
  type: row.type,
  version: row.version,
  occurredAt: Date.parse(row.occurredAt),
  payloadSha256: sha256(row.payload),
  payloadBytes: Buffer.byteLength(row.payload),
  headers: row.headers,
  attempts: row.attempts,
  lastError: row.lastError,
  createdAt: row.createdAt,
});

const outboxRow = (row: StoredRow): OutboxRow => ({
  ...committedEvent(row),
  id: row.id,
  status: row.status,
  nextAttemptAt: row.nextAttemptAt,
  heldBy: row.heldBy,
  publishedAt: row.publishedAt,
  partition: row.partition,
  offset: row.offset,
});

const skippedRow = (row: StoredSkip): SkippedRow => ({
  ...committedEvent(row),
  skippedAt: row.skippedAt,
  skippedBy: row.skippedBy,
  reason: row.reason,
  replacementEventId: row.replacementEventId,
});

/** As the Kafka adapter writes it (CloudEvents, binary mode). */
const logRecord = (partition: number, offset: number, appendedAt: number, record: OutboxRecord): LogRecord => ({
  partition,
  offset,
  appendedAt: Math.floor(appendedAt),
  key: record.orderKey,
  valueSha256: sha256(record.payload),
  valueBytes: Buffer.byteLength(record.payload),
  headers: {
    ...record.headers,
    ce_id: record.eventId,
    ce_type: record.type,
    ce_source: '/orderly/orders',
    ce_specversion: '1.0',
    ce_time: record.occurredAt,
    ce_subject: record.orderKey,
    ce_partitionkey: record.orderKey,
    ce_sequence: String(record.sequence).padStart(10, '0'),
    ce_dataschema: dataSchemaOf(record.type, record.version),
    'content-type': 'application/json',
  },
});

const consumerTables = (group: ConsumerGroup) => {
  const consumer = group.name;
  const { inbox, effects, waiting, parkedRecords, orders } = group.database.committed;
  return {
    effects: [...effects.values()].map((effect, index) => ({
      ...effect,
      id: index + 1,
      consumer,
      kind: 'noted',
      appliedAt: inbox.get(effect.eventId)?.appliedAt ?? 0,
      detail: null,
    })),
    inbox: [...inbox.values()].map(({ event: { eventId, orderId, sequence, isSkip }, appliedAt }) => ({
      consumer,
      eventId,
      orderId,
      sequence,
      skipped: isSkip,
      appliedAt,
    })),
    waiting: [...waiting.values()].map(({ event: { eventId, orderId, sequence } }) => ({
      consumer,
      eventId,
      orderId,
      sequence,
    })),
    parked: [...parkedRecords.values()].map(({ record: { orderId, eventId, source, reason } }) => ({
      consumer,
      orderId,
      eventId,
      partition: source.partition,
      offset: source.offset,
      reason,
    })),
    consumerOrders: [...orders.values()].map(({ orderId, lastSequence, baseline, parked }) => ({
      consumer,
      orderId,
      lastSequence,
      baselineSequence: baseline?.sequence ?? null,
      parkedReason: parked?.reason ?? null,
    })),
    committedOffsets: [...group.committedOffsets].map(([partition, offset]) => ({ consumer, partition, offset })),
  };
};

export const evidenceOf = (world: World): Evidence => {
  const { plan, shop, groups, broker, watch, faults, startedAt } = world;
  const { outbox, skipped, attempts, audit } = world.database.committed;
  const lanes = Array.from({ length: plan.lanes }, (_, lane) => lane);
  const consumers = groups.map(consumerTables);
  const readAt = world.clock.now();
  return {
    run: {
      seed: plan.seed,
      startedAt,
      finishedAt: readAt,
      topic: 'orders',
      partitions: plan.lanes,
      ordersRequested: shop.history.length,
      clockToleranceMs: 0,
      consumers: groups.map(({ name }) => name),
    },
    history: complete(shop.history),
    orders: complete(shop.orderRows()),
    outbox: complete([...outbox.values()].map(outboxRow)),
    skipped: complete([...skipped.values()].map(skippedRow)),
    attempts: complete([...attempts.values()]),
    audit: complete([...audit.values()]),
    purges: complete([]),
    leases: complete(watch.leases),
    quarantines: complete([...watch.quarantines.values()]),
    backlog: complete(watch.backlog),
    log: complete(
      lanes.flatMap((lane) =>
        broker.topic.entries(lane).map(({ record, appendedAt }, offset) => logRecord(lane, offset, appendedAt, record)),
      ),
    ),
    partitionEnds: complete(
      lanes.map((partition) => ({ partition, logStart: 0, logEnd: broker.topic.entries(partition).length })),
    ),
    effects: complete(consumers.flatMap((tables) => tables.effects)),
    inbox: complete(consumers.flatMap((tables) => tables.inbox)),
    waiting: complete(consumers.flatMap((tables) => tables.waiting)),
    parked: complete(consumers.flatMap((tables) => tables.parked)),
    consumerOrders: complete(consumers.flatMap((tables) => tables.consumerOrders)),
    callbacks: complete([]),
    committedOffsets: complete(consumers.flatMap((tables) => tables.committedOffsets)),
    faults: complete(faults.windows),
    injected: complete([]),
    outboxReadAt: readAt,
  };
};
