import { expect } from 'chai';
import type { Fault, FaultContext, Injection } from '../../../simulator/faults/fault.ts';
import { runNemesis } from '../../../simulator/faults/nemesis.ts';
import type { NemesisObserver } from '../../../simulator/faults/nemesis.ts';
import { contextForTests } from './house-for-tests.ts';

const silent: NemesisObserver = { began: () => undefined, healed: () => undefined, failed: () => undefined };

const context = (signal = new AbortController().signal): FaultContext => contextForTests({ signal });

const injection = (kind: string, target: string, lastsMs = 0): Injection => ({ kind, target, waitMs: 0, lastsMs });

/** A fault that notes what it does, under the name given. */
const noting = (name: string, notes: string[], failing?: 'inject' | 'heal'): Fault => ({
  name,
  describe: name,
  tell: () => name,
  needs: [],
  plan: () => [],
  inject: (_, { target }) => {
    if (failing === 'inject') return Promise.reject(new Error('no such process'));
    notes.push(`${name} breaks ${target}`);
    return Promise.resolve(() => {
      if (failing === 'heal') return Promise.reject(new Error('it stays down'));
      notes.push(`${name} heals ${target}`);
      return Promise.resolve();
    });
  },
});

describe('the nemesis', () => {
  it('given two tracks on one target, breaks the second only after the first was healed', async () => {
    const notes: string[] = [];
    const known = new Map(['a', 'b'].map((name) => [name, noting(name, notes)]));
    const nemesis = runNemesis(
      [[injection('a', 'kafka', 30)], [injection('b', 'kafka')]],
      (name) => known.get(name),
      context(),
      silent,
    );
    await nemesis.finished;
    expect(notes).to.deep.equal(['a breaks kafka', 'a heals kafka', 'b breaks kafka', 'b heals kafka']);
    for (const { at, healedAt } of nemesis.windows()) expect(healedAt).to.be.at.least(at);
    expect(nemesis.active()).to.deep.equal([]);
  });

  for (const failing of ['inject', 'heal'] as const)
    it(`given a fault that fails to ${failing}, leaves its window open, says why and goes on`, async () => {
      const notes: string[] = [];
      const known = new Map([
        ['bad', noting('bad', notes, failing)],
        ['good', noting('good', notes)],
      ]);
      const nemesis = runNemesis(
        [[injection('bad', 'api'), injection('good', 'api')]],
        (name) => known.get(name),
        context(),
        silent,
      );
      await nemesis.finished;
      expect(nemesis.windows()[0]).to.include({ kind: 'bad', healedAt: null });
      expect(nemesis.problems()[0]).to.match(/^bad of api: (no such process|it stays down)$/);
      expect(notes.slice(-2)).to.deep.equal(['good breaks api', 'good heals api']);
    });

  it('given an aborted run, mends at once what is broken and begins nothing new', async () => {
    const notes: string[] = [];
    const stop = new AbortController();
    const fault = noting('a', notes);
    const nemesis = runNemesis(
      [[injection('a', 'mysql', 3_600_000), injection('a', 'mysql')]],
      () => fault,
      context(stop.signal),
      { ...silent, began: () => setImmediate(() => stop.abort()) },
    );
    await nemesis.finished;
    expect(notes).to.deep.equal(['a breaks mysql', 'a heals mysql']);
  });
});
