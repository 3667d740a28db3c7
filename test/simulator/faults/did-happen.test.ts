import { expect } from 'chai';
import { didHappen } from '../../../simulator/faults/rows/did-happen.ts';

const AN_HOUR_MS = 3_600_000;

/** What it came to, or the name of what it threw. */
const outcomeOf = (happened: Promise<boolean>): Promise<unknown> =>
  happened.catch((cause: unknown) => (cause instanceof Error ? cause.name : cause));

describe('a wait of a row', () => {
  const never = new AbortController().signal;

  it('given an answer that comes after errors and noes / then it happened', async () => {
    const answers = [Promise.resolve(false), Promise.resolve(true)];
    const look = (): Promise<boolean> => answers.shift() ?? Promise.resolve(false);
    let looks = 0;
    const outcome = didHappen(
      'it',
      AN_HOUR_MS,
      () => (++looks === 1 ? Promise.reject(new Error('no')) : look()),
      never,
    );
    expect(await outcome).to.equal(true);
    expect(looks).to.equal(3);
  });

  it('given a bound that passes first / then it did not', async () => {
    expect(await didHappen('it', 150, () => Promise.resolve(false), never)).to.equal(false);
  });

  it('given a signal that is aborted first / then nothing is known: it throws at once', async () => {
    const run = new AbortController();
    const look = (): Promise<boolean> => {
      run.abort();
      return Promise.resolve(false);
    };
    expect(await outcomeOf(didHappen('it', AN_HOUR_MS, look, run.signal))).to.equal('AbortError');
  });

  it('given a signal that was aborted before / then it does not look', async () => {
    const look = (): Promise<boolean> => Promise.resolve(true);
    expect(await outcomeOf(didHappen('it', AN_HOUR_MS, look, AbortSignal.abort()))).to.equal('AbortError');
  });
});
