/** What a process or a person does with the database of the service, or a consumer with its own. Each has a user of its own. */
export const DATABASE_ROLES = ['migrator', 'api', 'relay', 'janitor', 'operator', 'consumer'] as const;
export type DatabaseRole = (typeof DATABASE_ROLES)[number];

export type Right = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE' | 'CREATE' | 'ALTER' | 'INDEX' | 'REFERENCES';

/** Rights by table; `*` is every table of the database, also one that is not there yet. */
type Rights = Readonly<Record<string, readonly Right[]>>;

/** What every process reads before it begins. */
const START_CHECKS: Rights = { schema_migrations: ['SELECT'] };

/** The partition count is pinned by whoever sees the topic first. */
const TOPIC_PIN: Rights = { topic_pins: ['SELECT', 'INSERT'] };

/** What shows where events stand, and which relays there are: also whom to ring after a commit. */
const VIEWS: Rights = {
  outbox_attempts: ['SELECT'],
  outbox_blocks: ['SELECT'],
  outbox_purges: ['SELECT'],
  relay_members: ['SELECT'],
  relay_leases: ['SELECT'],
};

/** Redrive and skip, over HTTP and from the command line. */
const OPERATING: Rights = {
  outbox_skipped: ['SELECT', 'INSERT'],
  idempotency_keys: ['SELECT', 'INSERT', 'UPDATE'],
  operator_audit: ['SELECT', 'INSERT'],
};

/**
 * All a role needs and nothing else. Rows of `outbox` and their attempts are deleted by the janitor alone; what a relay
 * deletes is its own bookkeeping: blocks of orders that go on, and relays that have left. Nobody deletes an order, a
 * skipped event or a record of the audit; the migrator changes the schema, and drops nothing.
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
    outbox: ['SELECT', 'INSERT', 'UPDATE'],
  },
  relay: {
    ...START_CHECKS,
    ...TOPIC_PIN,
    outbox: ['SELECT', 'UPDATE'],
    outbox_attempts: ['SELECT', 'INSERT'],
    outbox_blocks: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
    relay_leases: ['SELECT', 'INSERT', 'UPDATE'],
    relay_members: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  },
  janitor: {
    ...START_CHECKS,
    outbox: ['SELECT', 'DELETE'],
    outbox_attempts: ['SELECT', 'DELETE'],
    outbox_blocks: ['SELECT'],
    outbox_purges: ['SELECT', 'INSERT', 'UPDATE'],
    operator_audit: ['INSERT'],
  },
  operator: {
    ...START_CHECKS,
    topic_pins: ['SELECT'],
    ...VIEWS,
    ...OPERATING,
    orders: ['SELECT'],
    order_lines: ['SELECT'],
    outbox: ['SELECT', 'UPDATE'],
    // Whether relays are alive.
    relay_leases: ['SELECT'],
    relay_members: ['SELECT'],
  },
  // It migrates at start, and its own tables are its own affair; it drops nothing.
  consumer: { '*': ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'ALTER', 'INDEX', 'REFERENCES'] },
};

export interface Account {
  readonly user: string;
  /** From where it connects, as MySQL writes it: `%` is from anywhere. */
  readonly host: string;
}

/** In what is granted on a whole database `_` stands for any character, unless it is escaped. */
const placeOf = (database: string, table: string): string =>
  table === '*' ? `\`${database.replaceAll('_', '\\_')}\`.*` : `\`${database}\`.\`${table}\``;

/**
 * Statements that give an account that exists what its role needs; each ends with a semicolon. The tables must exist
 * but for the migrator's and the consumer's. Names must need no escaping: whoever reads them from a person checks that.
 */
export const grantsOf =
  (role: DatabaseRole) =>
  (database: string, { user, host }: Account): readonly string[] =>
    Object.entries(RIGHTS[role]).map(
      ([table, rights]) => `GRANT ${rights.join(', ')} ON ${placeOf(database, table)} TO '${user}'@'${host}';`,
    );

/** What a role needs: each right with its table; `*` stands for every table. */
export const rightsOf = (role: DatabaseRole): readonly { readonly table: string; readonly right: Right }[] =>
  Object.entries(RIGHTS[role]).flatMap(([table, rights]) => rights.map((right) => ({ table, right })));
