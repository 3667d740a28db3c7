import { CE_SOURCE } from '../contract/envelope.ts';

/*
 * How Debezium publishes table `outbox` in place of our relay: a Kafka Connect configuration, and columns that hold what
 * the configuration cannot make. Key, value, headers and their order, and the partition are then as ours, byte for byte.
 */

export interface DebeziumTarget {
  /** Database of table `outbox`. */
  readonly database: string;
  readonly topic: string;
}

interface VirtualColumn {
  readonly name: string;
  readonly type: string;
  readonly as: string;
}

/** Headers besides the envelope's own that the service writes. Others in column `headers` stay behind. */
const EXTRA_HEADERS = ['traceparent', 'ce_traceparent'] as const;

const text = (length: number): string => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

/** Says for each extra header whether an event has it: `11`, `10` … */
const PRESENT = 'extra_headers';

const TIME = 'CAST(occurred_at AS CHAR(26))';

const VIRTUAL_COLUMNS: readonly VirtualColumn[] = [
  { name: 'ce_source', type: text(32), as: `'${CE_SOURCE}'` },
  { name: 'ce_specversion', type: text(3), as: "'1.0'" },
  {
    name: 'ce_time',
    type: text(32),
    as: `CONCAT(REPLACE(IF(${TIME} LIKE '%000', LEFT(${TIME}, 23), ${TIME}), ' ', 'T'), 'Z')`,
  },
  { name: 'ce_sequence', type: text(10), as: "LPAD(sequence, 10, '0')" },
  {
    name: 'ce_dataschema',
    type: text(160),
    as: "CONCAT('urn:orderly:', LOWER(REGEXP_REPLACE(type, '([a-z0-9])([A-Z])', '$1-$2', 1, 0, 'c')), ':', version)",
  },
  { name: 'content_type', type: text(16), as: "'application/json'" },
  // Of any length, and in any script: a header must not make an order fail.
  ...EXTRA_HEADERS.map((header) => ({
    name: header,
    type: 'TEXT COLLATE utf8mb4_bin',
    as: `JSON_UNQUOTE(JSON_EXTRACT(headers, '$.${header}'))`,
  })),
  {
    name: PRESENT,
    type: text(EXTRA_HEADERS.length),
    as: `CONCAT(${EXTRA_HEADERS.map((header) => `JSON_CONTAINS_PATH(headers, 'one', '$.${header}')`).join(', ')})`,
  },
];

/** Header and the column it comes from, in the order of our records. */
const HEADERS: readonly (readonly [header: string, column: string])[] = [
  ['ce_id', 'event_id'],
  ['ce_type', 'type'],
  ['ce_source', 'ce_source'],
  ['ce_specversion', 'ce_specversion'],
  ['ce_time', 'ce_time'],
  ['ce_subject', 'order_id'],
  ['ce_partitionkey', 'order_id'],
  ['ce_sequence', 'ce_sequence'],
  ['ce_dataschema', 'ce_dataschema'],
  ['content-type', 'content_type'],
  ...EXTRA_HEADERS.map((header) => [header, header] as const),
];

const LANE = 'kafka_partition';
const COLUMNS = ['id', 'payload', LANE, PRESENT, ...new Set(HEADERS.map(([, column]) => column))];

/** Events pass under this name and the digits of column `extra_headers` until they get their topic. */
const PASSING = 'orderly-outbox-';
const STRINGS = 'org.apache.kafka.connect.storage.StringConverter';
const DROP_HEADERS = 'org.apache.kafka.connect.transforms.DropHeaders';
const TOPIC_MATCHES = 'org.apache.kafka.connect.transforms.predicates.TopicNameMatches';

const predicate = (name: string, pattern: string): Readonly<Record<string, string>> => ({
  [`predicates.${name}.type`]: TOPIC_MATCHES,
  [`predicates.${name}.pattern`]: pattern,
});

/** The router gives every event all headers; those that it does not have are null and are taken off again. */
const withoutAbsentHeader = (header: string, index: number): Readonly<Record<string, string>> => {
  const any = EXTRA_HEADERS.map((_, other) => (other === index ? '0' : '.')).join('');
  return {
    [`transforms.no_${header}.type`]: DROP_HEADERS,
    [`transforms.no_${header}.headers`]: header,
    [`transforms.no_${header}.predicate`]: `has_no_${header}`,
    ...predicate(`has_no_${header}`, `${PASSING}${any}`),
  };
};

const merged = (parts: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> =>
  Object.fromEntries(parts.flatMap((part) => Object.entries(part)));

/**
 * The connector. It begins with the rows that are PENDING and goes on with what is committed from then on, so nothing is
 * lost when the relays were stopped before. Addresses and secrets are left to the environment of Kafka Connect.
 */
export const debeziumConfig = ({ database, topic }: DebeziumTarget): Readonly<Record<string, string>> => ({
  'connector.class': 'io.debezium.connector.mysql.MySqlConnector',
  'tasks.max': '1',
  'topic.prefix': 'orderly',
  'database.hostname': '${env:ORDERLY_MYSQL_HOST}',
  'database.port': '${env:ORDERLY_MYSQL_PORT}',
  'database.user': '${env:ORDERLY_MYSQL_USER}',
  'database.password': '${env:ORDERLY_MYSQL_PASSWORD}',
  'database.server.id': '${env:ORDERLY_MYSQL_SERVER_ID}',
  'database.include.list': database,
  'table.include.list': `${database}.outbox`,
  'column.include.list': `${database}\\.outbox\\.(${COLUMNS.join('|')})`,
  'schema.history.internal.kafka.bootstrap.servers': '${env:ORDERLY_KAFKA_BROKERS}',
  'schema.history.internal.kafka.topic': 'orderly.outbox.schema-history',
  'schema.history.internal.store.only.captured.tables.ddl': 'true',
  'include.schema.changes': 'false',
  'snapshot.mode': 'initial',
  'snapshot.select.statement.overrides': `${database}.outbox`,
  [`snapshot.select.statement.overrides.${database}.outbox`]: `SELECT * FROM ${database}.outbox WHERE status = 'PENDING' ORDER BY id`,
  'skipped.operations': 'u,d,t',
  'tombstones.on.delete': 'false',
  // Else each record gets four headers that tell of the connector.
  'extended.headers.enabled': 'false',
  'poll.interval.ms': '5',
  'max.batch.size': '4096',
  'max.queue.size': '16384',
  'key.converter': STRINGS,
  'value.converter': STRINGS,
  'header.converter': STRINGS,
  'producer.override.acks': 'all',
  'producer.override.enable.idempotence': 'true',
  'producer.override.linger.ms': '0',
  'producer.override.batch.size': '262144',
  transforms: ['outbox', 'no_id', ...EXTRA_HEADERS.map((header) => `no_${header}`), 'topic'].join(','),
  'transforms.outbox.type': 'io.debezium.transforms.outbox.EventRouter',
  'transforms.outbox.table.field.event.id': 'event_id',
  'transforms.outbox.table.field.event.key': 'order_id',
  'transforms.outbox.table.field.event.payload': 'payload',
  'transforms.outbox.table.fields.additional.placement': [
    ...HEADERS.map(([header, column]) => `${column}:header:${header}`),
    `${LANE}:partition`,
  ].join(','),
  'transforms.outbox.route.by.field': PRESENT,
  'transforms.outbox.route.topic.replacement': `${PASSING}\${routedByValue}`,
  // The router adds it unasked.
  'transforms.no_id.type': DROP_HEADERS,
  'transforms.no_id.headers': 'id',
  'transforms.no_id.predicate': 'is_event',
  'transforms.topic.type': 'org.apache.kafka.connect.transforms.RegexRouter',
  'transforms.topic.regex': '.*',
  'transforms.topic.replacement': topic,
  'transforms.topic.predicate': 'is_event',
  predicates: ['is_event', ...EXTRA_HEADERS.map((header) => `has_no_${header}`)].join(','),
  ...predicate('is_event', `${PASSING}[01]+`),
  ...merged(EXTRA_HEADERS.map(withoutAbsentHeader)),
});

const changeOf = (database: string, changes: readonly string[]): string =>
  `ALTER TABLE ${database}.outbox\n${changes.map((change) => `  ${change}`).join(',\n')},\n  ALGORITHM = INSTANT`;

/** Adds the columns: nothing is rewritten, and nothing of ours reads them. They make each row of the binary log larger. */
export const addDebeziumColumns = (database: string): string =>
  changeOf(
    database,
    VIRTUAL_COLUMNS.map(({ name, type, as }) => `ADD COLUMN ${name} ${type} GENERATED ALWAYS AS (${as}) VIRTUAL`),
  );

/** The way back. */
export const dropDebeziumColumns = (database: string): string =>
  changeOf(
    database,
    VIRTUAL_COLUMNS.map(({ name }) => `DROP COLUMN ${name}`),
  );

/** What the connector's user must be allowed: reading, the binary log, and a lock for the moment in which its snapshot begins. */
export const DEBEZIUM_PRIVILEGES = 'SELECT, RELOAD, LOCK TABLES, SHOW DATABASES, REPLICATION CLIENT, REPLICATION SLAVE';
