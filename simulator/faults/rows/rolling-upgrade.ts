import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../../tools/environment/command.ts';
import type { House } from '../../run/house.ts';
import type { Balancer } from '../../upgrade/balancer.ts';
import { CHANNEL_BEFORE, CHANNEL_NOW } from '../../upgrade/next-version.ts';
import type { Aftermath, Fault, FaultContext, Heal, Sighting } from '../fault.ts';
import { countOf, withSql } from './direct-sql.ts';

const KIND = 'rolling-upgrade';
const SCHEMA = 'schema';
/** Consumers before what they hear of; what writes newer events last. */
const STEPS = [SCHEMA, 'payment', 'shipping', 'relay', 'relay-2', 'api'] as const;
/** Who takes the place of whom. */
const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  ['payment', 'payment-2'],
  ['shipping', 'shipping-2'],
  ['relay', 'relay-3'],
  ['relay-2', 'relay-4'],
]);
/** Old and new work side by side for so long. */
const BESIDE_MS = 2_000;
const APIS_BESIDE_MS = 6_000;
/** Roles look at the schema every 30 s; so long after the migration the old ones have looked at the new one. */
const LOOKED_AGAIN_S = 32;
const MIGRATED_S_AGO = 'SELECT TIMESTAMPDIFF(SECOND, MAX(finished_at), NOW(6)) AS n FROM schema_migrations';
const MIGRATION_MS = 60_000;
/** All steps take 50 s on a machine with two cores, most of it for starting programs; orders arrive before, during and after them. */
const LOAD = { orders: 440, ratePerSecond: 4 };

/** So that orders are under way whenever something is replaced. */
const SLOWLY_PAID = { HANDLING_DELAY_MS: '3000' };

const nextVersionOf = ({ nextVersion }: House): string => {
  if (nextVersion === undefined) throw new Error('no next version was made');
  return nextVersion;
};

const migrateWith = async (house: House): Promise<void> => {
  const cwd = nextVersionOf(house);
  const env = { ...process.env, MYSQL_URL: house.mysqlUrl };
  await runCommand(process.execPath, ['--import', 'tsx', 'src/order.ts', 'migrate'], {
    cwd,
    env,
    timeoutMs: MIGRATION_MS,
  });
};

/** The successor is there before the other leaves, so that somebody works at any time. */
const replaceRole = async (house: House, role: string, successor: string): Promise<Heal> => {
  await house.addRole(successor, nextVersionOf(house));
  return () => house.removeRole(role);
};

const isReady = async (house: House, role: string): Promise<boolean> =>
  (await fetch(`${house.urlOf(role)}/readyz`, { signal: AbortSignal.timeout(5_000) })).ok;

const chargesWith = (house: House, channel: string): Promise<number> =>
  withSql({ mysqlUrl: house.paymentMysqlUrl }, (connection) =>
    countOf(connection, `SELECT COUNT(*) AS n FROM charges WHERE channel ${channel}`),
  );

/** What payment wrote tells which version of it handled which version of the event. */
const judgeCharges = async (house: House): Promise<Sighting> => {
  const [byOld, oldByNew, newByNew] = await Promise.all(
    ['IS NULL', `= '${CHANNEL_BEFORE}'`, `= '${CHANNEL_NOW}'`].map((channel) => chargesWith(house, channel)),
  );
  return {
    what: `payment handled ${byOld ?? 0} events by its old version, and by its new one ${oldByNew ?? 0} of the old form, ${newByNew ?? 0} of the new`,
    holds: [byOld, oldByNew, newByNew].every((count) => count !== undefined && count > 0),
  };
};

const balancerOf = ({ balancer }: House): Balancer => {
  if (balancer === undefined) throw new Error('the API has no address that two can share');
  return balancer;
};

const replaceApi = async ({ house, saw, signal }: FaultContext): Promise<Heal> => {
  const balancer = balancerOf(house);
  const left = LOOKED_AGAIN_S - (await withSql(house, (connection) => countOf(connection, MIGRATED_S_AGO)));
  await sleep(Math.max(0, left) * 1_000, undefined, { signal }).catch(() => undefined);
  saw({
    what: 'the old API was ready on the new schema',
    holds: signal.aborted ? undefined : await isReady(house, 'api'),
  });
  await house.addRole('api-2', nextVersionOf(house));
  const [old, next] = [house.urlOf('api'), house.urlOf('api-2')];
  const before = balancer.servedBy(old);
  balancer.add(next);
  return async () => {
    const [byOld, byNext] = [balancer.servedBy(old) - before, balancer.servedBy(next)];
    if (byOld + byNext === 0)
      throw new Error('the load was over before the API was replaced: the machine is too busy, or the load too short');
    saw({
      what: `side by side the old API gave ${byOld} answers, the new one ${byNext}`,
      holds: byOld > 0 && byNext > 0,
    });
    balancer.remove(old);
    await house.removeRole('api');
    saw(await judgeCharges(house));
  };
};

const placedOf = ({ outbox }: Aftermath['evidence'], version: number) =>
  outbox.rows.filter((row) => row.type === 'OrderPlaced' && row.version === version);

/** Without an upgrade that came to its end, nothing can be said of it. */
const isComplete = ({ outbox, faults }: Aftermath['evidence']): boolean =>
  outbox.missing.length === 0 && faults.missing.length === 0;

/** Both versions wrote, for a while in turns. */
const judgeVersions = ({ evidence }: Aftermath): Sighting => {
  const [old, next] = [placedOf(evidence, 1), placedOf(evidence, 2)];
  const first = Math.min(...next.map(({ createdAt }) => createdAt));
  const after = old.filter(({ createdAt }) => createdAt > first).length;
  return {
    what: `${old.length} orders were placed by the old version, ${after} of them after the first of ${next.length} by the new one`,
    holds: isComplete(evidence) ? after > 0 && next.length > after : undefined,
  };
};

/** What one version began, the other one ended. */
const judgeGoingOn = ({ evidence }: Aftermath): Sighting => {
  const upgradedAt = evidence.faults.rows.find(({ target }) => target === 'api')?.healedAt ?? Infinity;
  const begun = new Set(placedOf(evidence, 1).map(({ orderId }) => orderId));
  const later = evidence.outbox.rows.filter(({ orderId, createdAt }) => createdAt > upgradedAt && begun.has(orderId));
  const orders = new Set(later.map(({ orderId }) => orderId)).size;
  return {
    what: `${orders} orders that the old version placed went on when it was gone`,
    holds: isComplete(evidence) ? orders > 0 : undefined,
  };
};

const judgeUnnoticed = ({ evidence, report, answers }: Aftermath): readonly Sighting[] => {
  const refused = answers.filter(({ status }) => status >= 500).length;
  const { duplicatesPublished } = report.events;
  return [
    { what: `${refused} requests were answered with 5xx`, holds: refused === 0 },
    {
      what: `${evidence.parked.rows.length} events were parked`,
      holds: evidence.parked.missing.length > 0 ? undefined : evidence.parked.rows.length === 0,
    },
    { what: `lanes were handed over without a duplicate (${duplicatesPublished})`, holds: duplicatesPublished === 0 },
  ];
};

const tellStep = (target: string): string => {
  if (target === SCHEMA) return 'the schema is migrated to the next version';
  return `${target} is replaced by the next version, both side by side for a while`;
};

/**
 * Everything is replaced by the next version, one process at a time under load, in the order of docs/deployment.md. Each step is told
 * to the checker; nothing may be noticed of any.
 */
export const rollingUpgrade: Fault = {
  name: KIND,
  describe:
    'the schema is migrated to the next version, then consumers, relays and API are replaced by it one by one, old and new side by side',
  tell: ({ target }) => tellStep(target),
  needs: [],
  load: LOAD,
  plan: ({ loadMs }) => [
    STEPS.map((target) => ({
      kind: KIND,
      target,
      waitMs: target === SCHEMA ? Math.round(loadMs * 0.08) : 500,
      lastsMs: target === SCHEMA ? 0 : target === 'api' ? APIS_BESIDE_MS : BESIDE_MS,
    })),
  ],
  row: {
    number: 40,
    expected: 'nobody notices: no refusal, nothing parked, no duplicate, orders go on from one version to the other',
    mixes: false,
    load: LOAD,
    house: { relays: 2, sharedApi: true, nextVersion: true, env: { payment: SLOWLY_PAID } },
    judge: (aftermath) => [judgeVersions(aftermath), judgeGoingOn(aftermath), ...judgeUnnoticed(aftermath)],
  },
  inject: async (context, { target }) => {
    const { house } = context;
    if (target === SCHEMA) {
      await migrateWith(house);
      return () => Promise.resolve();
    }
    const successor = SUCCESSORS.get(target);
    return successor === undefined ? replaceApi(context) : replaceRole(house, target, successor);
  },
};
