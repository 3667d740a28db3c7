import { expect } from 'chai';
import type { Progress } from '../../../simulator/run/progress.ts';
import { quiesce } from '../../../simulator/run/quiesce.ts';
import type { AtRest, QuiesceOptions } from '../../../simulator/run/quiesce.ts';

const done: Progress = {
  orders: 3,
  delivered: 2,
  cancelled: 1,
  committed: 10,
  published: 10,
  pending: 0,
  held: 0,
  quarantined: 0,
  consumed: { payment: 10, shipping: 10 },
};

/** Shows these moments in turn, the last one for ever, on a clock that only waiting moves. */
const watching = async (
  moments: readonly (Progress | undefined)[],
  more: Partial<QuiesceOptions> = {},
  lookMs = 0,
): Promise<{ atRest: AtRest; tookMs: number }> => {
  let clock = 0;
  let look = 0;
  const atRest = await quiesce({
    look: () => {
      clock += lookMs;
      return Promise.resolve(moments[Math.min(look++, moments.length - 1)]);
    },
    seen: () => undefined,
    stillMs: 20_000,
    boundMs: 90_000,
    everyMs: 500,
    now: () => clock,
    sleep: (ms) => {
      clock += ms;
      return Promise.resolve();
    },
    signal: new AbortController().signal,
    ...more,
  });
  return { atRest, tookMs: clock };
};

describe('waiting for the system to come to rest', () => {
  it('given everything delivered, published and consumed, is complete at once', async () => {
    expect(await watching([done])).to.deep.equal({ atRest: 'complete', tookMs: 0 });
  });

  const unfinished: Record<string, Partial<Progress>> = {
    'an order still open': { orders: 4 },
    'an event not yet published': { committed: 11 },
    'a consumer behind': { consumed: { payment: 9, shipping: 10 } },
  };
  for (const [what, changes] of Object.entries(unfinished))
    it(`given ${what}, waits for it`, async () => {
      expect(await watching([{ ...done, ...changes }, done])).to.deep.equal({ atRest: 'complete', tookMs: 500 });
    });

  const underWay = { ...done, committed: 11, pending: 1 };

  it('given looks that have become slow, leaves the databases alone for most of the time', async () => {
    const { tookMs } = await watching([underWay, underWay, done], {}, 100);
    expect(tookMs).to.equal(3 * 100 + 2 * 20 * 100);
  });

  it('given a look that takes seconds, still looks again soon', async () => {
    const { tookMs } = await watching([underWay, done], {}, 3_000);
    expect(tookMs).to.equal(2 * 3_000 + 5_000);
  });

  it('given nothing to do and no change, is still after 20 seconds', async () => {
    const { atRest, tookMs } = await watching([{ ...done, quarantined: 1, published: 9, held: 1, committed: 11 }]);
    expect(atRest).to.equal('still');
    expect(tookMs).to.be.within(20_000, 20_500);
  });

  it('given an event free to go, waits to the bound', async () => {
    expect((await watching([{ ...done, committed: 11, pending: 1 }])).atRest).to.equal('timeout');
  });

  it('given a planted bug that forgets an event, is still when nothing has moved for long enough', async () => {
    const forgotten = { ...done, committed: 11, pending: 1 };
    const { atRest, tookMs } = await watching([forgotten], { forgottenMs: 62_000 });
    expect(atRest).to.equal('still');
    expect(tookMs).to.be.within(62_000, 62_500);
  });

  it('given a database that does not answer, waits to the bound', async () => {
    expect((await watching([undefined])).atRest).to.equal('timeout');
  });
});
