import { setTimeout as sleep } from 'node:timers/promises';
import type { Aftermath, Fault, Sighting } from '../fault.ts';
import { noAttemptSpent, oneEffectEach } from './expectations.ts';
import { once } from './once.ts';

const MEMBER = 'payment-2';
/** Twice a batch or more is open with the group's coordinator when the member comes and when it goes. */
const EFFECT_MS = 120;
const STAYS_MS = 8_000;

const appliedBy = async (url: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(/_applied_total (\d+)/.exec(text)?.[1] ?? 0);
};

/** Nobody's effects came twice or out of their order. */
export const judgeSlowHandler = (aftermath: Aftermath): readonly Sighting[] => {
  const { rows, missing } = aftermath.evidence.effects;
  const last = new Map<string, number>();
  let outOfOrder = 0;
  for (const { consumer, orderId, sequence } of [...rows].sort((a, b) => a.id - b.id)) {
    const key = `${consumer}/${orderId}`;
    if (sequence < (last.get(key) ?? 0)) outOfOrder += 1;
    last.set(key, sequence);
  }
  return [
    oneEffectEach(aftermath),
    {
      what: `${outOfOrder} effects of an order came after a later one`,
      holds: missing.length > 0 ? undefined : outOfOrder === 0,
    },
    noAttemptSpent(aftermath),
  ];
};

export const slowHandler: Fault = {
  name: 'slow-handler',
  describe: `each effect of payment takes ${EFFECT_MS} ms; a second member joins its group, works and leaves`,
  tell: () => `${MEMBER} joins the group of payment`,
  needs: [],
  plan: once('slow-handler', MEMBER, 0),
  inject: async ({ house, saw, signal }) => {
    await house.addRole(MEMBER);
    await sleep(STAYS_MS, undefined, { signal }).catch(() => undefined);
    const applied = await appliedBy(house.urlOf(MEMBER)).catch(() => 0);
    saw({ what: `the second member applied ${applied} events of its own`, holds: applied > 0 });
    return () => house.removeRole(MEMBER);
  },
  row: {
    number: 31,
    expected: 'one effect, in order',
    mixes: false,
    house: { env: { payment: { EFFECT_DELAY_MS: String(EFFECT_MS) } } },
    load: { orders: 240, ratePerSecond: 6 },
    judge: judgeSlowHandler,
  },
};
