import { setTimeout as sleep } from 'node:timers/promises';
import type { Aftermath, Fault, Sighting } from '../fault.ts';
import { isCommit } from '../proxy/matches.ts';
import { once } from './once.ts';
import { orMend } from './or-mend.ts';

const SPURTS = 6;
const LOSSES = 5;
const BETWEEN_MS = 700;
const ENOUGH = 15;

/** Each accepted request to place an order is one row, however often it was carried out. */
export const placedOnce = ({ evidence: { history, orders } }: Aftermath): Sighting => {
  const accepted = history.rows.filter(({ kind, outcome }) => kind === 'place' && outcome === 'ok');
  const rowsOfMarker = new Map<string, number>();
  for (const { customerId } of orders.rows) rowsOfMarker.set(customerId, (rowsOfMarker.get(customerId) ?? 0) + 1);
  const once = accepted.filter(({ marker }) => rowsOfMarker.get(marker) === 1).length;
  return {
    what: `${once} of ${accepted.length} accepted orders exist exactly once`,
    holds: accepted.length === 0 ? undefined : once === accepted.length,
  };
};

/** Committed or not: whoever asked cannot know, and the connection is gone. */
export const commitLost: Fault = {
  name: 'commit-answer-lost',
  describe: `MySQL's answer to COMMIT is lost and the connection closed, ${SPURTS} times ${LOSSES} of API, relay and consumers`,
  tell: () => `${SPURTS} times the next ${LOSSES} answers to COMMIT are lost`,
  needs: ['mysql'],
  plan: once('commit-answer-lost', 'mysql', 1_000),
  row: {
    number: 4,
    expected: 'retried under the same Idempotency-Key, one order',
    mixes: false,
    house: { proxies: ['mysql'] },
    judge: (aftermath) => [placedOnce(aftermath)],
  },
  inject: async ({ house, saw, signal }) => {
    const proxy = house.proxies.mysql;
    if (proxy === undefined) throw new Error('there is no proxy in front of MySQL');
    const heal = (): Promise<void> => {
      proxy.heal();
      saw({ what: `answers to COMMIT were lost (${proxy.lost})`, holds: proxy.lost >= ENOUGH });
      return Promise.resolve();
    };
    return orMend(heal, async () => {
      for (let spurt = 0; spurt < SPURTS && !signal.aborted; spurt += 1) {
        proxy.loseAnswers(isCommit, LOSSES);
        await sleep(BETWEEN_MS, undefined, { signal }).catch(() => undefined);
      }
    });
  },
};
