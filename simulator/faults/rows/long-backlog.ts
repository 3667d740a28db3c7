import { setTimeout as sleep } from 'node:timers/promises';
import { startEnvironment } from '../../../tools/environment/start-environment.ts';
import type { Environment } from '../../../tools/environment/environment.ts';
import { checkStored } from '../../checker/check-stored.ts';
import type { StoredCheck } from '../../checker/check-stored.ts';
import { EvidenceCollector } from '../../checker/collect-evidence.ts';
import type { EventCounts } from '../../checker/measurements.ts';
import type { InvariantResult } from '../../checker/verdict.ts';
import { planWorkload } from '../../workload/plan.ts';
import type { AloneContext, Sighting } from '../fault.ts';
import { alone } from './alone.ts';
import { copyOrders } from './copy-orders.ts';
import { countOf, withSql } from './direct-sql.ts';
import { didHappen } from './did-happen.ts';
import { placeOrder, postTo } from './place-order.ts';

const EVENTS = 100_000;
/** Orders that are placed by way of the API, with a whole life each; all others are copies of them. */
const ORIGINALS = 20;
const EVENTS_OF_AN_ORDER = 4;
const COPIES = EVENTS / (ORIGINALS * EVENTS_OF_AN_ORDER) - 1;
const PARTITIONS = 6;
/** How long the whole backlog waits: longer than the relay's pauses between two looks at a broker that is away. */
const WAITS_MS = 20_000;
/** Of a relay that has to catch up: 30,000 events are to be gone in half a minute. */
const LEAST_PER_SECOND = 1_000;
const DRAIN_MS = (EVENTS / LEAST_PER_SECOND) * 1_000;
/**
 * What a relay at work may take above one at rest. It holds one claim for each lane (500 rows at most), the same whatever
 * the backlog. At full speed garbage and buffers come to about 130 MB; were each claim to load all that waits, to 230.
 */
const GROWTH_MB = 180;
const SAMPLE_EVERY_MS = 500;

/** Those about outbox, relay and topic; no client and no consumer takes part, so nothing is known for the others. */
const JUDGED: readonly number[] = [1, 3, 4, 5, 6, 7, 8, 9, 12, 14, 15];

export interface BacklogSeen {
  /** PENDING when the broker came back, and the rows that were not COMPLETED in the end. */
  readonly backlog: number;
  readonly left: number;
  /** Rows of the history of failed attempts. */
  readonly attempts: number;
  /** From the answer of the broker to the last COMPLETED; undefined: not within the bound. */
  readonly drainMs: number | undefined;
  /** Resident memory of the relay, MB: at rest before, and the most that was seen. */
  readonly memory: { readonly before: number; readonly peak: number };
  readonly events: EventCounts;
  readonly invariants: readonly InvariantResult[];
}

const drained = ({ drainMs, backlog }: BacklogSeen): string =>
  drainMs === undefined
    ? `drained within ${DRAIN_MS / 1_000} s`
    : `drained in ${(drainMs / 1_000).toFixed(1)} s, ${Math.round(backlog / (drainMs / 1_000))} events a second`;

const judgeInvariants = (invariants: readonly InvariantResult[]): Sighting => {
  const judged = invariants.filter(({ id }) => JUDGED.includes(id));
  const broken = judged.filter(({ verdict }) => verdict === 'fail');
  const open = judged.filter(({ verdict }) => verdict === 'unknown');
  const but = [
    ...broken.map(({ id, counterexample }) => `${id} is broken: ${counterexample?.summary ?? ''}`),
    ...open.map(({ id, doubts }) => `${id} is undecided: ${doubts.join(', ')}`),
  ];
  const what = `the checker finds outbox and topic in accord with invariants ${JUDGED.join(', ')}`;
  return {
    what: but.length === 0 ? what : `${what} (${but.join('; ')})`,
    holds: broken.length > 0 ? false : open.length === 0 && judged.length === JUDGED.length ? true : undefined,
  };
};

export const judgeBacklog = (seen: BacklogSeen): readonly Sighting[] => {
  const { backlog, left, attempts, drainMs, memory, events, invariants } = seen;
  return [
    { what: `${backlog} events waited for the broker`, holds: backlog === EVENTS },
    { what: drained(seen), holds: drainMs !== undefined && drainMs <= DRAIN_MS && left === 0 },
    {
      what: `${events.published} different events on the topic (${events.lost} lost, ${events.outOfOrder} out of order, ${events.gaps} gaps, ${events.duplicatesPublished} sent again)`,
      holds: events.published === EVENTS && events.lost + events.outOfOrder + events.gaps === 0,
    },
    judgeInvariants(invariants),
    {
      what: `nothing quarantined, no attempt spent (${events.quarantined} and ${attempts})`,
      holds: events.quarantined === 0 && attempts === 0,
    },
    {
      what: `the relay took ${memory.peak} MB at most, ${memory.before} MB before: bounded`,
      holds: memory.peak - memory.before <= GROWTH_MB,
    },
  ];
};

const memoryOf = async (url: string): Promise<number | undefined> => {
  try {
    const text = await (await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })).text();
    const bytes = /^process_resident_memory_bytes (\S+)$/m.exec(text)?.[1];
    return bytes === undefined ? undefined : Math.round(Number(bytes) / 1_048_576);
  } catch {
    return undefined;
  }
};

/** Looks until `over`; answers the most that was seen. */
const watchMemory = async (url: string, over: AbortSignal): Promise<number> => {
  let peak = 0;
  while (!over.aborted) {
    peak = Math.max(peak, (await memoryOf(url)) ?? 0);
    await sleep(SAMPLE_EVERY_MS, undefined, { signal: over }).catch(() => undefined);
  }
  return peak;
};

const placeOriginals = async (apiUrl: string, seed: number): Promise<void> => {
  for (const { body } of planWorkload({ seed, orders: ORIGINALS, ratePerSecond: ORIGINALS, cancelRatio: 0 })) {
    const { orderId, total } = await placeOrder(apiUrl, body);
    await postTo(apiUrl, `/orders/${orderId}/payment`, { paymentReference: `payment of ${orderId}`, amount: total });
    await postTo(apiUrl, `/orders/${orderId}/shipment`, { carrier: 'post', trackingNumber: `tracking of ${orderId}` });
    await postTo(apiUrl, `/orders/${orderId}/delivery`, { receivedBy: 'the front desk' });
  }
};

const countRows = (environment: Environment, table: string): Promise<number> =>
  withSql(environment, (connection) => countOf(connection, `SELECT COUNT(*) AS n FROM ${table}`));

interface Drained extends Pick<BacklogSeen, 'backlog' | 'drainMs' | 'memory'> {
  readonly at: number;
  readonly healedAt: number;
}

/** Kills the broker, fills the outbox, starts the broker again and waits until nothing is PENDING. */
const fillAndDrain = async (environment: Environment, { seed, say, signal }: AloneContext): Promise<Drained> => {
  const relay = environment.urlOf('relay');
  const before = (await memoryOf(relay)) ?? Infinity;
  const over = new AbortController();
  const watching = watchMemory(relay, over.signal);
  const pending = (): Promise<number> => countRows(environment, "outbox WHERE status = 'PENDING'");
  try {
    const at = Date.now();
    await environment.kill('kafka');
    await placeOriginals(environment.apiUrl, seed);
    await withSql(environment, (connection) => copyOrders(connection, COPIES, PARTITIONS));
    const backlog = await pending();
    say(`${backlog} events are PENDING after ${Math.round((Date.now() - at) / 1_000)} s without Kafka`);
    await sleep(WAITS_MS, undefined, { signal });
    await environment.revive('kafka');
    const healedAt = Date.now();
    say('Kafka is back');
    const isOver = async (): Promise<boolean> => (await pending()) === 0;
    const isDrained = await didHappen('the end of the backlog', DRAIN_MS, isOver, signal);
    const drainMs = isDrained ? Date.now() - healedAt : undefined;
    over.abort();
    return { at, healedAt, backlog, drainMs, memory: { before, peak: await watching } };
  } finally {
    over.abort();
  }
};

const gather = async (environment: Environment, context: AloneContext): Promise<readonly Sighting[]> => {
  const { seed, reportDir, say } = context;
  const startedAt = Date.now();
  const { mysqlUrl, topic } = environment;
  const collector = await EvidenceCollector.start(
    { mysqlUrl, topic, kafkaBrokers: environment.kafkaBrokers.split(','), consumers: [] },
    reportDir,
  );
  let drain: Drained;
  try {
    drain = await fillAndDrain(environment, context);
  } catch (cause) {
    await collector.stop();
    throw cause;
  }
  say('reading the evidence');
  const stored = await collector.finish({
    seed,
    startedAt,
    finishedAt: Date.now(),
    ordersRequested: ORIGINALS,
    closedLoop: false,
    history: { rows: [], missing: ['most orders are copies, which no client asked for'] },
    faults: {
      rows: [{ kind: 'long-backlog', target: 'kafka', at: drain.at, healedAt: drain.healedAt }],
      missing: [],
    },
    injected: { rows: [], missing: [] },
  });
  let checked: StoredCheck;
  try {
    checked = await checkStored(stored, () => []);
  } finally {
    stored.remove();
  }
  return judgeBacklog({
    ...drain,
    left: await countRows(environment, "outbox WHERE status <> 'COMPLETED'"),
    attempts: await countRows(environment, 'outbox_attempts'),
    events: checked.measured.events,
    invariants: checked.result.invariants,
  });
};

/** Service and relay go on while Kafka is away for so long that the outbox fills up; then all of it is to be sent. */
const run = async (context: AloneContext): Promise<readonly Sighting[]> => {
  const environment = await startEnvironment({
    roles: ['api', 'relay'],
    topic: { partitions: PARTITIONS },
    logDirectory: context.reportDir,
    progress: context.say,
  });
  try {
    return await gather(environment, context);
  } finally {
    await environment.stop();
  }
};

export const longBacklog = alone(
  {
    name: 'long-backlog',
    describe: `Kafka is away until ${EVENTS} events wait in the outbox`,
    tells: 'Kafka is away for long',
    number: 37,
    expected: `all published in order within ${DRAIN_MS / 1_000} s, in bounded memory; nothing quarantined`,
  },
  run,
);
