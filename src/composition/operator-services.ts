import { userInfo } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';
import { describeCause } from '../application/describe-cause.ts';
import { ActOnEvents } from '../application/operations/act-on-events.ts';
import { ExplainOrder } from '../application/operations/explain-order.ts';
import { Overview } from '../application/operations/overview.ts';
import { PurgeOutbox } from '../application/operations/purge-outbox.ts';
import { RedriveEvent } from '../application/operations/redrive-event.ts';
import { ReprocessParked } from '../application/operations/reprocess-parked.ts';
import { SkipEvent } from '../application/operations/skip-event.ts';
import { GetOrder } from '../application/orders/get-order.ts';
import { systemClock } from '../infrastructure/clock.ts';
import { decodeServiceConfig, decodeToolConfig } from '../infrastructure/config.ts';
import type { Environment, ToolConfig } from '../infrastructure/config.ts';
import { PassingRinger } from '../infrastructure/doorbell/passing-ringer.ts';
import { sendDatagram } from '../infrastructure/doorbell/send-datagram.ts';
import { uuidV7Ids } from '../infrastructure/ids.ts';
import { DATABASE_ROLES, grantsOf } from '../infrastructure/mysql/grants.ts';
import type { DatabaseRole } from '../infrastructure/mysql/grants.ts';
import { MySqlAuditLog } from '../infrastructure/mysql/mysql-audit-log.ts';
import { MySqlAuditQueries } from '../infrastructure/mysql/mysql-audit-queries.ts';
import { MySqlConsumerActLog } from '../infrastructure/mysql/mysql-consumer-act-log.ts';
import { mysqlDoorbells } from '../infrastructure/mysql/mysql-doorbells.ts';
import { MySqlIdempotencyKeys } from '../infrastructure/mysql/mysql-idempotency-keys.ts';
import { MySqlOrderStore } from '../infrastructure/mysql/mysql-order-store.ts';
import { MySqlOutboxActivity } from '../infrastructure/mysql/mysql-outbox-activity.ts';
import { MySqlOutboxOperations } from '../infrastructure/mysql/mysql-outbox-operations.ts';
import { MySqlOutboxQueries } from '../infrastructure/mysql/mysql-outbox-queries.ts';
import { MySqlOutboxRetention } from '../infrastructure/mysql/mysql-outbox-retention.ts';
import { createMySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import type { MySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import { MySqlRelayViews } from '../infrastructure/mysql/mysql-relay-views.ts';
import { MySqlSchemaMigrations } from '../infrastructure/mysql/mysql-schema-migrations.ts';
import { MySqlUnitOfWork } from '../infrastructure/mysql/mysql-unit-of-work.ts';
import { HttpConsumerDesk } from '../infrastructure/progress/http-consumer-desk.ts';
import { HttpConsumerViews } from '../infrastructure/progress/http-consumer-views.ts';
import { HttpParkedDesk } from '../infrastructure/progress/http-parked-desk.ts';
import type { OperatorServices, OperatorServicesFactory } from '../interfaces/cli/operator-services.ts';
import { encodeEventSkipped } from '../interfaces/contract/event-skipped.ts';
import { examinationsOf } from './examinations.ts';
import { MIGRATIONS } from './migrations.ts';
import { WATCH_CONNECTIONS } from './pools.ts';
import { settingsRefused } from './settings-refused.ts';

const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
};

type Complain = (line: string) => void;

const openOperatorServices = (
  { mysql, progressUrls, reprocessTokens, doorbell }: ToolConfig,
  complain: Complain,
): OperatorServices => {
  const pool = createMySqlPool({ ...mysql, connections: 2 });
  const unitOfWork = new MySqlUnitOfWork(pool);
  const outbox = new MySqlOutboxQueries(pool);
  const audit = new MySqlAuditQueries(pool);
  const ringer = new PassingRinger({
    doorbells: mysqlDoorbells(pool),
    send: sendDatagram,
    observer: {
      failed: (activity, cause) => {
        complain(`order: could not ${activity}: ${describeCause(cause)}; relays find at their next poll what was done`);
      },
    },
  });
  const operating = {
    unitOfWork,
    idempotencyKeys: new MySqlIdempotencyKeys(),
    operations: new MySqlOutboxOperations(),
    audit: new MySqlAuditLog(),
    wakeUp: doorbell.isOn ? ringer : { ring: () => undefined },
  };
  const redrive = new RedriveEvent(operating);
  const skip = new SkipEvent({ ...operating, ids: uuidV7Ids, notice: encodeEventSkipped });
  const consumers = new HttpConsumerDesk(progressUrls);
  const parked = new HttpParkedDesk({ urls: progressUrls, tokens: reprocessTokens });
  const acts = new MySqlConsumerActLog();
  return {
    outbox,
    overview: new Overview({
      outbox,
      activity: new MySqlOutboxActivity(pool),
      relays: new MySqlRelayViews(pool),
      consumers,
      clock: systemClock,
    }),
    audit,
    actOnEvents: new ActOnEvents({ ...operating, outbox, redrive, skip }),
    redrive,
    skip,
    purge: new PurgeOutbox({ unitOfWork, retention: new MySqlOutboxRetention(pool), audit: operating.audit }),
    explain: new ExplainOrder({
      getOrder: new GetOrder({ unitOfWork, orders: new MySqlOrderStore() }),
      outbox,
      audit,
      consumers: new HttpConsumerViews(progressUrls),
    }),
    consumers,
    parked,
    reprocess: new ReprocessParked({ ...operating, acts, desk: parked, ids: uuidV7Ids }),
    close: async () => {
      await ringer.rung();
      await pool.end();
    },
  };
};

/** The command line lets no other name through. */
const databaseRoleOf = (name: string): DatabaseRole => DATABASE_ROLES.find((role) => role === name) ?? 'operator';

/**
 * What the operator's commands work on, opened by the settings in `env` only when a command needs it. `complain` is told,
 * in a line for people, what did not work and harms nothing.
 */
export const operatorServicesOf = (env: Environment, complain: Complain): OperatorServicesFactory => ({
  actor: `cli:${userName()}`,
  grants: new Map(DATABASE_ROLES.map((role) => [role, grantsOf(role)])),
  open: () => {
    const config = decodeToolConfig(env);
    return E.isLeft(config) ? settingsRefused(config.left) : openOperatorServices(config.right, complain);
  },
  openMigrations: () => {
    const config = decodeToolConfig(env);
    if (E.isLeft(config)) return settingsRefused(config.left);
    const { mysql } = config.right;
    const pool = createMySqlPool({ ...mysql, connections: 1 });
    return { migrations: new MySqlSchemaMigrations(pool, mysql, MIGRATIONS), close: () => pool.end() };
  },
  openDoctor: ({ role, deep }) => {
    const config = decodeServiceConfig(env);
    if (E.isLeft(config)) return settingsRefused(config.left);
    const { mysql, consumerMysqlUrls } = config.right;
    const open = (url: string): MySqlPool => createMySqlPool({ ...mysql, url, connections: WATCH_CONNECTIONS });
    const pool = open(mysql.url);
    const consumerPools = new Map([...consumerMysqlUrls].map(([name, url]) => [name, open(url)]));
    return {
      examinations: examinationsOf(config.right, pool, consumerPools, { role: databaseRoleOf(role), deep }),
      close: async () => {
        await Promise.all([pool, ...consumerPools.values()].map((each) => each.end()));
      },
    };
  },
});
