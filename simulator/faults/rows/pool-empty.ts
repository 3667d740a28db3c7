import { randomUUID } from 'node:crypto';
import type { Fault, FaultContext, Sighting } from '../fault.ts';
import { servedAgain } from './expectations.ts';
import { holdOrders } from './hold-orders.ts';
import { once } from './once.ts';

const LASTS_MS = 1_000;
const ACQUIRE_TIMEOUT_MS = 500;
const READS = 8;
/** Of one answer: the acquire time-out, and room for a busy machine. */
const FAST_MS = ACQUIRE_TIMEOUT_MS + 1_500;
const GIVE_UP_MS = 10_000;

interface Read {
  /** Undefined: no answer came. */
  readonly status: number | undefined;
  readonly tookMs: number;
}

/** A read needs no lock, but a connection. */
const readOnce = async ({ house }: FaultContext): Promise<Read> => {
  const askedAt = performance.now();
  const status = await fetch(`${house.apiUrl}/orders/${randomUUID()}`, {
    signal: AbortSignal.timeout(GIVE_UP_MS),
  }).then(
    (answer) => answer.status,
    () => undefined,
  );
  return { status, tookMs: performance.now() - askedAt };
};

/** Refused rather than kept waiting. */
export const refusedFast = (reads: readonly Read[]): Sighting => {
  const refused = reads.filter(({ status }) => status === 503).length;
  const slowestMs = Math.max(...reads.map(({ tookMs }) => tookMs));
  return {
    what: `${refused} of ${reads.length} reads were answered 503, the slowest after ${(slowestMs / 1_000).toFixed(1)} s (time-out ${ACQUIRE_TIMEOUT_MS / 1_000} s)`,
    holds: refused > 0 && slowestMs < FAST_MS && reads.every(({ status }) => status !== undefined),
  };
};

export const poolEmpty: Fault = {
  name: 'pool-empty',
  describe: 'the API has one connection to MySQL, and it waits for a lock',
  tell: () => 'all orders locked; the only connection of the API waits',
  needs: [],
  plan: once('pool-empty', 'api', LASTS_MS),
  row: {
    number: 13,
    expected: 'fast 503',
    mixes: false,
    house: { env: { api: { MYSQL_CONNECTIONS: '1', MYSQL_ACQUIRE_TIMEOUT_MS: String(ACQUIRE_TIMEOUT_MS) } } },
    judge: (aftermath) => [servedAgain(aftermath)],
  },
  inject: async (context) => {
    const release = await holdOrders(context.house);
    const reads: Read[] = [];
    while (reads.length < READS && !context.signal.aborted) reads.push(await readOnce(context));
    if (reads.length > 0) context.saw(refusedFast(reads));
    return release;
  },
};
