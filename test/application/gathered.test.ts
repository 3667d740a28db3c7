import { expect } from 'chai';
import { Gathered } from '../../src/infrastructure/mysql/gathered.ts';

/** Work that ends when it is told to, and what was asked for together. */
class Work {
  readonly together: (readonly number[])[] = [];
  private end: () => void = () => undefined;

  readonly gathered = (most = 10): Gathered<number, number> =>
    new Gathered(most, async (calls) => {
      this.together.push(calls);
      await new Promise<void>((resolve) => {
        this.end = resolve;
      });
      if (calls.includes(13)) throw new Error('unlucky');
      return (call) => call * 2;
    });

  /** Ends what is under way, and lets what waits begin. */
  async done(): Promise<void> {
    this.end();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

describe('calls that are gathered', () => {
  it('given a lone call / then it goes at once', async () => {
    const work = new Work();
    const answer = work.gathered().ask(1);
    expect(work.together).to.deep.equal([[1]]);
    await work.done();
    expect(await answer).to.equal(2);
  });

  it('given calls while one is under way / then they wait for it and are done together, each with its own answer', async () => {
    const work = new Work();
    const gathered = work.gathered();
    const answers = [1, 2, 3].map((call) => gathered.ask(call));
    await work.done();
    expect(work.together).to.deep.equal([[1], [2, 3]]);
    await work.done();
    expect(await Promise.all(answers)).to.deep.equal([2, 4, 6]);
  });

  it('given more than may be done at once / then the others come next', async () => {
    const work = new Work();
    const gathered = work.gathered(2);
    const answers = [1, 2, 3, 4].map((call) => gathered.ask(call));
    for (let rounds = 0; rounds < 3; rounds += 1) await work.done();
    expect(work.together).to.deep.equal([[1], [2, 3], [4]]);
    expect(await Promise.all(answers)).to.deep.equal([2, 4, 6, 8]);
  });

  it('given they fail / then each of them does, and later ones go on', async () => {
    const work = new Work();
    const gathered = work.gathered();
    const outcomes = Promise.allSettled([1, 13, 2].map((call) => gathered.ask(call)));
    for (let rounds = 0; rounds < 2; rounds += 1) await work.done();
    expect((await outcomes).map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'rejected']);
    const later = gathered.ask(3);
    await work.done();
    expect(await later).to.equal(6);
  });
});
