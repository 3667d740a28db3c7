import { expect } from 'chai';
import type { Evidence } from '../../../simulator/checker/evidence.ts';
import { purge } from '../../../simulator/faults/rows/purge.ts';
import { seeded } from '../../../simulator/workload/seeded.ts';
import { aRun, DELIVERED } from '../checker/evidence-builder.ts';
import { contextForTests, houseForTests } from './house-for-tests.ts';
import { judgedBy } from './judged-rows.ts';

const good = aRun(DELIVERED);

/** Runs of the janitor: who, and how many rows. */
const purgedBy = (...runs: readonly (readonly [actor: string, purgedRows: number])[]): Evidence => ({
  ...good,
  purges: {
    rows: runs.map(([actor, purgedRows], id) => ({ id, at: 1, actor, cutoff: 1, purgedRows })),
    missing: [],
  },
});

describe('the row of a janitor that purges all the time', () => {
  it('passes when each life of the janitor has purged something', () => {
    const lives = purgedBy(['janitor:a', 5], ['janitor:a', 3], ['janitor:b', 2]);
    expect(judgedBy(purge, lives)).to.deep.equal([true]);
  });

  for (const [what, runs] of [
    ['nothing was purged', []],
    [
      'one of its lives has purged nothing',
      [
        ['janitor:a', 5],
        ['janitor:b', 0],
      ],
    ],
    ['it was not killed', [['janitor:a', 90]]],
  ] as const)
    it(`fails when ${what}`, () => expect(judgedBy(purge, purgedBy(...runs))).to.deep.equal([false]));

  it('cannot tell when the purges could not be read', () => {
    const unread = { ...good, purges: { rows: [], missing: ['table outbox_purges'] } };
    expect(judgedBy(purge, unread)).to.deep.equal([undefined]);
  });

  it('starts a janitor, kills it, and stops it', async () => {
    const done: string[] = [];
    const note =
      (what: string) =>
      (name: string): Promise<void> => {
        done.push(`${what} ${name}`);
        return Promise.resolve();
      };
    const house = houseForTests({
      addRole: note('add'),
      removeRole: note('remove'),
      kill: note('kill'),
      revive: note('revive'),
    });
    const tracks = purge.plan({ random: seeded(1, 'purge'), loadMs: 60_000, outageMs: 0, relays: 1 });
    for (const injection of tracks.flat()) await (await purge.inject(contextForTests({ house }), injection))();
    expect(done).to.deep.equal(['add janitor', 'kill janitor', 'revive janitor', 'remove janitor']);
  });
});
