import { setTimeout as sleep } from 'node:timers/promises';
import type { Sighting } from '../fault.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';

/** Waits are drawn at random, so two counts differ by chance; without any wait there are many times as many. */
const CHANCE = 2;

/** Connections that were tried, and refused, in equal whiles before and after something. */
export interface Retries {
  readonly before: number;
  readonly after: number;
}

/** Counts them around `change`, each for `watchMs` or until the signal is aborted. */
export const retriesAround = async (
  line: Pick<FaultProxy, 'refused'>,
  watchMs: number,
  signal: AbortSignal,
  change: () => Promise<void>,
): Promise<Retries> => {
  const triesIn = async (): Promise<number> => {
    const before = line.refused;
    await sleep(watchMs, undefined, { signal }).catch(() => undefined);
    return line.refused - before;
  };
  const before = await triesIn();
  await change();
  return { before, after: await triesIn() };
};

/** After a jump of the clocks in an outage of Kafka: it was an outage, something still tried, and not much more often than before. */
export const noStorm = ({ before, after }: Retries, watchMs: number, isWaiting: boolean): Sighting => ({
  what: `Kafka was away, a circuit ${isWaiting ? 'open' : 'not open'}: ${before} connections were tried in ${watchMs / 1_000} s before the jump, ${after} after it`,
  holds: isWaiting && after > 0 && after <= before * CHANCE,
});
