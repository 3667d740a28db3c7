/** What a process or a person does with the database of the service, or a consumer with its own. Each has a user of its own. */
export const DATABASE_ROLES = ['migrator', 'api', 'relay', 'janitor', 'operator', 'consumer'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

export type Right = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE' | 'ALTER' | 'INDEX' | 'REFERENCES';

/** A right to write some columns of a table only. */
interface ColumnRight {
  readonly right: 'INSERT' | 'UPDATE';
  readonly columns: readonly string[];
}

const insert = (...columns: readonly string[]): ColumnRight => ({ right: 'INSERT', columns });
const update = (...columns: readonly string[]): ColumnRight => ({ right: 'UPDATE', columns });

/** Rights by table; `*` is every table of the database, also one that is not there yet. */
type Rights = Readonly<Record<string, readonly (Right | ColumnRight)[]>>;

/** What every process reads before it begins. */
const START_CHECKS: Rights = { schema_migrations: ['SELECT'] };

/** The partition count is pinned by whoever sees the topic first. */
const TOPIC_PIN: Rights = { topic_pins: ['SELECT', insert('topic', 'partitions')] };

/** What shows where events stand, and which relays there are: also whom to ring after a commit. */
const VIEWS: Rights = {
  outbox_attempts: ['SELECT'],
  outbox_blocks: ['SELECT'],
  outbox_purges: ['SELECT'],
  relay_members: ['SELECT'],
  relay_leases: ['SELECT'],
};

/** When it was is the server's to say. */
const AUDITED = insert('actor', 'action', 'event_id', 'reason');

/** What an event is. */
const EVENT = ['event_id', 'order_id', 'sequence', 'type', 'version', 'occurred_at', 'payload', 'headers'];

/** Redrive, skip and re-processing at consumers, over HTTP and from the command line. */
const OPERATING: Rights = {
  outbox_skipped: [
    'SELECT',
    insert(...EVENT, 'attempts', 'last_error', 'created_at', 'skipped_by', 'reason', 'replacement_event_id'),
  ],
  idempotency_keys: ['SELECT', insert('method', 'path', 'idempotency_key', 'fingerprint'), update('answer')],
  operator_audit: ['SELECT', AUDITED],
  consumer_acts: ['SELECT', insert('request_id', 'actor', 'consumer', 'order_id', 'reason')],
  consumer_act_outcomes: ['SELECT', insert('request_id', 'order_id', 'outcome', 'detail')],
};

/**
 * Of a quarantined event, by redrive or skip: a skip puts another event into its row, at the same place of the same order.
 * Which order that is, and where Kafka has an event, they cannot change.
 */
const REDRIVEN_OR_REPLACED = update(
  ...['event_id', 'type', 'version', 'occurred_at', 'payload', 'headers', 'created_at'],
  ...['status', 'attempts', 'next_attempt_at', 'last_error', 'held_by'],
);

/**
 * All a role needs and nothing else: what its statements write, by column. Rows of `outbox` and their attempts are deleted
 * by the janitor alone, and what an event says is not the relay's to change; what a relay deletes is its own bookkeeping:
 * blocks of orders that go on, and relays that have left. Nobody deletes an order, a skipped event or a record of the
 * audit; the migrator changes the schema, and drops nothing.
 *
 * `orders` is granted as a whole: a command writes every column but the ID, and a new event may bring columns of its own.
 */
const RIGHTS: Readonly<Record<DatabaseRole, Rights>> = {
  migrator: { '*': ['SELECT', 'INSERT', 'UPDATE', 'CREATE', 'ALTER', 'INDEX', 'REFERENCES'] },
  api: {
    ...START_CHECKS,
    ...TOPIC_PIN,
    ...VIEWS,
    ...OPERATING,
    orders: ['SELECT', 'INSERT', 'UPDATE'],
    order_lines: ['SELECT', 'INSERT'],
    outbox: ['SELECT', insert(...EVENT, 'kafka_partition'), REDRIVEN_OR_REPLACED],
  },
  relay: {
    ...START_CHECKS,
    ...TOPIC_PIN,
    outbox: [
      'SELECT',
      update('status', 'published_at', 'kafka_offset', 'attempts', 'next_attempt_at', 'last_error', 'held_by'),
    ],
    outbox_attempts: [insert('event_id', 'attempt', 'error')],
    outbox_blocks: [
      'SELECT',
      insert('order_id', 'sequence', 'outbox_id', 'kafka_partition'),
      update('sequence', 'outbox_id'),
      'DELETE',
    ],
    relay_leases: ['SELECT', insert('name', 'owner', 'epoch', 'expires_at'), update('owner', 'epoch', 'expires_at')],
    relay_members: [
      'SELECT',
      insert('owner', 'expires_at', 'doorbell', 'open_circuits'),
      update('expires_at', 'doorbell', 'open_circuits'),
      'DELETE',
    ],
  },
  janitor: {
    ...START_CHECKS,
    outbox: ['SELECT', 'DELETE'],
    outbox_attempts: ['SELECT', 'DELETE'],
    outbox_blocks: ['SELECT'],
    outbox_purges: ['SELECT', insert('actor', 'cutoff'), update('purged_rows')],
    operator_audit: [AUDITED],
  },
  operator: {
    ...START_CHECKS,
    topic_pins: ['SELECT'],
    ...VIEWS,
    ...OPERATING,
    orders: ['SELECT'],
    order_lines: ['SELECT'],
    outbox: ['SELECT', REDRIVEN_OR_REPLACED],
  },
  // It migrates at start, and its own tables are its own affair; it drops nothing.
  consumer: { '*': ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'INDEX', 'REFERENCES'] },
};

export interface Account {
  readonly user: string;
  /** From where it connects, as MySQL writes it: `%` is from anywhere. */
  readonly host: string;
}

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

/** In what is granted on a whole database `_` stands for any character, unless it is escaped. */
const placeOf = (database: string, table: string): string =>
  table === '*' ? `${quoted(database.replaceAll('_', '\\_'))}.*` : `${quoted(database)}.${quoted(table)}`;

/** As statements write it, and the server's catalogue. */
export const accountText = ({ user, host }: Account): string => `'${user}'@'${host}'`;

/** A right on all of a table, or on one of its columns. */
export interface TableRight {
  /** `*` stands for every table of the database, `*.*` for every one of the server. */
  readonly table: string;
  readonly right: string;
  /** Undefined: all of the table. */
  readonly column: string | undefined;
}

/** A right that an account has. */
export interface GrantedRight extends TableRight {
  /**
   * As MySQL keeps it, and REVOKE must name it: a pattern, in which `_` may stand for any character and may be escaped,
   * when the right is on a whole database.
   */
  readonly database: string;
}

/** What a role needs. */
export const rightsOf = (role: DatabaseRole): readonly TableRight[] =>
  Object.entries(RIGHTS[role]).flatMap(([table, rights]) =>
    rights.flatMap((one): readonly TableRight[] =>
      typeof one === 'string'
        ? [{ table, right: one, column: undefined }]
        : one.columns.map((column) => ({ table, right: one.right, column })),
    ),
  );

/** `SELECT, UPDATE (status, held_by)`, as GRANT and REVOKE have it. */
const clauseOf = (rights: readonly TableRight[]): string => {
  const columns = new Map<string, readonly string[]>();
  for (const { right, column } of rights)
    if (column !== undefined) columns.set(right, [...(columns.get(right) ?? []), column]);
  return [
    ...rights.flatMap(({ right, column }) => (column === undefined ? [right] : [])),
    ...[...columns].map(([right, names]) => `${right} (${names.join(', ')})`),
  ].join(', ');
};

/** Rights of one table together, by table. */
const rightsByTable = (rights: readonly TableRight[]): readonly { readonly table: string; readonly clause: string }[] =>
  [...new Set(rights.map(({ table }) => table))].map((table) => ({
    table,
    clause: clauseOf(rights.filter((one) => one.table === table)),
  }));

/** Rights of one table together, by what the grants name. */
export const rightsByPlace = (
  rights: readonly GrantedRight[],
): readonly { readonly database: string; readonly table: string; readonly clause: string }[] =>
  [...new Set(rights.map(({ database }) => database))].flatMap((database) =>
    rightsByTable(rights.filter((one) => one.database === database)).map((place) => ({ database, ...place })),
  );

/**
 * Statements that give an account that exists what its role needs; each ends with a semicolon. The tables must exist
 * but for the migrator's and the consumer's. Names must need no escaping: whoever reads them from a person checks that.
 */
export const grantsOf =
  (role: DatabaseRole) =>
  (database: string, account: Account): readonly string[] =>
    rightsByTable(rightsOf(role)).map(
      ({ table, clause }) => `GRANT ${clause} ON ${placeOf(database, table)} TO ${accountText(account)};`,
    );

/** Statements that take rights back. A right on a whole table goes with what was granted on columns of it. */
export const revokesOf = (account: Account, rights: readonly GrantedRight[]): readonly string[] =>
  rightsByPlace(rights).map(
    ({ database, table, clause }) =>
      `REVOKE ${clause} ON ${quoted(database)}.${table === '*' ? table : quoted(table)} FROM ${accountText(account)};`,
  );
