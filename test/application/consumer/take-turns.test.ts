import { expect } from 'chai';
import { TakeTurns } from '../../../src/application/consumer/take-turns.ts';
import { VirtualClock } from '../../../src/infrastructure/in-memory/virtual-clock.ts';

const PATIENCE_MS = 50;

/** Work that ends when told, and notes that it began. */
const given = () => {
  const clock = new VirtualClock();
  const turns = new TakeTurns(clock, PATIENCE_MS);
  const begun: string[] = [];
  const begin = (name: string): { readonly done: Promise<string>; readonly end: (error?: Error) => void } => {
    let end: (error?: Error) => void = () => undefined;
    const ended = new Promise<string>((resolve, reject) => {
      end = (error) => (error === undefined ? resolve(name) : reject(error));
    });
    const done = turns.run(() => {
      begun.push(name);
      return ended;
    });
    return { done, end };
  };
  return { clock, begun, begin };
};

describe('taking turns', () => {
  it('given quick work, each begins when the one before it is done', async () => {
    const { clock, begun, begin } = given();
    const [first, second] = [begin('first'), begin('second')];
    await clock.advance(PATIENCE_MS - 1);
    expect(begun).to.deep.equal(['first']);
    first.end();
    expect(await first.done).to.equal('first');
    await clock.advance(0);
    expect(begun).to.deep.equal(['first', 'second']);
    second.end();
    expect(await second.done).to.equal('second');
  });

  it('given slow work, the next one begins beside it after a while, and the one after that later still', async () => {
    const { clock, begun, begin } = given();
    for (const name of ['first', 'second', 'third']) begin(name);
    await clock.advance(PATIENCE_MS);
    expect(begun).to.deep.equal(['first', 'second']);
    await clock.advance(PATIENCE_MS);
    expect(begun).to.deep.equal(['first', 'second', 'third']);
  });

  it('given work that fails, tells its caller and lets the next one begin', async () => {
    const { clock, begun, begin } = given();
    const [first] = [begin('first'), begin('second')];
    await clock.advance(0);
    const failed = first.done.then(
      () => 'done',
      (cause: unknown) => cause,
    );
    first.end(new Error('no'));
    expect(await failed)
      .to.be.an('error')
      .with.property('message', 'no');
    await clock.advance(0);
    expect(begun).to.deep.equal(['first', 'second']);
  });

  it('given nothing at work, begins at once', async () => {
    const { clock, begun, begin } = given();
    const only = begin('only');
    await clock.advance(0);
    expect(begun).to.deep.equal(['only']);
    only.end();
    await only.done;
  });
});
