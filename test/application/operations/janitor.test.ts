import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { Janitor } from '../../../src/application/operations/janitor.ts';
import type { Pace } from '../../../src/application/operations/pace.ts';
import type { Turn } from '../../../src/application/ports/janitor-turn.ts';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import { VirtualClock } from '../../../src/infrastructure/in-memory/virtual-clock.ts';

const EVERY_MS = 1_000;
const CUTOFF = '2026-01-01T00:00:00.000000Z';

describe('janitor', () => {
  let clock: VirtualClock;
  let said: string[];
  let taken: 'mine' | 'another' | 'away';
  let held: boolean;
  /** What a purge does with its pace; answers the rows it has removed. */
  let work: (pace: Pace) => Promise<number>;
  let runs: number;
  let janitor: Janitor;

  const turn: Turn = {
    isHeld: () => Promise.resolve(held),
    end: () => {
      said.push('turn ended');
      return Promise.resolve();
    },
  };

  beforeEach(() => {
    clock = new VirtualClock();
    said = [];
    taken = 'mine';
    held = true;
    work = () => Promise.resolve(0);
    runs = 0;
    janitor = new Janitor(
      {
        clock,
        turns: {
          take: () =>
            taken === 'away'
              ? TE.left(storageUnavailable('take the turn', 'gone'))
              : TE.right(taken === 'mine' ? turn : undefined),
        },
        observer: {
          ran: ({ rows, tookMs, cutoff }) => said.push(`${rows} rows in ${tookMs} ms before ${cutoff}`),
          stoodBy: () => said.push('stood by'),
          failed: (activity, cause) => said.push(`${activity}: ${String(cause)}`),
        },
        purge: (pace) => async () => {
          runs += 1;
          return TE.right({ cutoff: CUTOFF, rows: await work(pace) })();
        },
      },
      EVERY_MS,
    );
  });
  afterEach(async () => {
    void janitor.stop(0);
    await clock.advance(0);
  });

  it('purges at once and then after each pause', async () => {
    janitor.start();
    await clock.advance(2 * EVERY_MS);
    expect(runs).to.equal(3);
    expect(said.slice(0, 2)).to.deep.equal([`0 rows in 0 ms before ${CUTOFF}`, 'turn ended']);
  });

  it('given another janitor has the turn / then it stands by, and purges once the turn is free', async () => {
    taken = 'another';
    janitor.start();
    await clock.advance(EVERY_MS);
    expect(said).to.deep.equal(['stood by', 'stood by']);
    taken = 'mine';
    await clock.advance(EVERY_MS);
    expect(runs).to.equal(1);
  });

  it('given the storage is away, or a run breaks / then it says so, gives the turn back and tries again', async () => {
    taken = 'away';
    janitor.start();
    await clock.advance(1);
    taken = 'mine';
    work = () => Promise.reject(new Error('a defect'));
    await clock.advance(EVERY_MS);
    work = () => Promise.resolve(3);
    await clock.advance(EVERY_MS);
    expect(said).to.deep.equal([
      'take the turn: gone',
      'turn ended',
      'purge: Error: a defect',
      `3 rows in 0 ms before ${CUTOFF}`,
      'turn ended',
    ]);
  });

  /** Takes as many chunks as it may, 10 ms each. */
  const chunks = async (pace: Pace): Promise<number> => {
    let done = 0;
    while ((await pace.next()) > 0) {
      done += 1;
      await clock.sleep(10);
    }
    return done;
  };

  it('given its turn is over in the midst of a run / then it begins no chunk any more', async () => {
    work = chunks;
    janitor.start();
    await clock.advance(45);
    held = false;
    await clock.advance(EVERY_MS / 2);
    expect(said[0]).to.match(/^2 rows/);
  });

  it('given it is asked to stop in a chunk / then that one is finished, none follows, and the turn is given back', async () => {
    work = chunks;
    janitor.start();
    await clock.advance(35);
    let stopped = false;
    const stop = janitor.stop(5_000).then(() => (stopped = true));
    await clock.advance(4);
    expect(stopped).to.equal(false);
    await clock.advance(10);
    await stop;
    expect(said).to.deep.equal([`2 rows in 40 ms before ${CUTOFF}`, 'turn ended']);
    await clock.advance(10 * EVERY_MS);
    expect(runs).to.equal(1);
  });

  it('given a chunk that never ends / then stopping ends at its deadline all the same', async () => {
    work = () => new Promise(() => undefined);
    janitor.start();
    await clock.advance(1);
    let stopped = false;
    void janitor.stop(5_000).then(() => (stopped = true));
    await clock.advance(4_999);
    expect(stopped).to.equal(false);
    await clock.advance(1);
    expect(stopped).to.equal(true);
  });
});
