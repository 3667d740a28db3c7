import type { Aftermath, Fault, Sighting } from '../fault.ts';

const KIND = 'purge';
const JOINS = 'janitor, for the first time';
const LEAVES = 'janitor, for the last time';
/**
 * Long enough for each life to find something old, and for the janitor to leave well before the end, also where a process
 * takes ten seconds to start.
 */
const LOAD = { orders: 480, ratePerSecond: 8 };
/** So short that most of what was published by then is gone when the janitor leaves; only a test may have it. */
const SETTINGS = { NODE_ENV: 'test', OUTBOX_RETENTION: '2s', JANITOR_EVERY: '1s' };

/** What is gone is told by the checker; here, that enough of it went, before and after its death. */
const purgedByEach = ({ evidence }: Aftermath): Sighting => {
  const { rows, missing } = evidence.purges;
  const gone = rows.reduce((sum, { purgedRows }) => sum + purgedRows, 0);
  const lives = new Set(rows.filter(({ purgedRows }) => purgedRows > 0).map(({ actor }) => actor)).size;
  return {
    what: `${gone} rows were purged, by ${lives} lives of the janitor`,
    holds: missing.length > 0 ? undefined : lives === 2,
  };
};

const TOLD: ReadonlyMap<string, string> = new Map([
  [JOINS, 'a janitor begins to purge'],
  [LEAVES, 'the janitor is stopped'],
]);

/**
 * A janitor at work beside everything else, killed in the midst of it. It leaves before the load is over, so that the
 * checker also has rows to look at. It is no fault to anyone, so it is told to the checker only while it starts and
 * ends: delays are judged as ever while rows go.
 */
export const purge: Fault = {
  name: KIND,
  describe: `a janitor removes what was published more than ${SETTINGS.OUTBOX_RETENTION} ago, for a good part of the load, and is killed -9`,
  tell: ({ target }) => TOLD.get(target) ?? 'kill -9 of janitor',
  needs: [],
  load: LOAD,
  plan: ({ random, loadMs }) => [
    [
      { kind: KIND, target: JOINS, waitMs: Math.round(loadMs * 0.03), lastsMs: 0 },
      { kind: KIND, target: 'janitor', waitMs: Math.round(loadMs * (0.12 + 0.08 * random.unit())), lastsMs: 0 },
      { kind: KIND, target: LEAVES, waitMs: Math.round(loadMs * 0.12), lastsMs: 0 },
    ],
  ],
  row: {
    number: 39,
    expected: 'only what was published goes, every row of it on record, and nobody waits for it',
    mixes: false,
    load: LOAD,
    house: { env: { janitor: SETTINGS } },
    judge: (aftermath) => [purgedByEach(aftermath)],
  },
  inject: async ({ house }, { target }) => {
    if (target === 'janitor') {
      await house.kill('janitor');
      return () => house.revive('janitor');
    }
    await (target === JOINS ? house.addRole('janitor') : house.removeRole('janitor'));
    return () => Promise.resolve();
  },
};
