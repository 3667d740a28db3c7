import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { DirectPublishing } from '../../../simulator/sabotage/direct-publishing.ts';
import { DualWrite } from '../../../simulator/sabotage/dual-write/dual-write.ts';
import { PublishBeforeCommit } from '../../../simulator/sabotage/publish-before-commit/publish-before-commit.ts';
import { systemClock } from '../../../src/infrastructure/clock.ts';
import { InMemoryDatabase } from '../../../src/infrastructure/in-memory/in-memory-database.ts';
import { InMemoryUnitOfWork } from '../../../src/infrastructure/in-memory/in-memory-unit-of-work.ts';
import { anEvent } from '../../port-suites/events-for-tests.ts';

const unit = { action: 'test', rerunAfterUnknownCommit: false };

/** A broker and an outbox table that keep what they are given; the broker can be down. */
class Direct implements DirectPublishing {
  readonly log: number[] = [];
  readonly noted: number[] = [];
  down = false;

  publish: DirectPublishing['publish'] = ({ sequence }) => {
    if (this.down) return Promise.reject(new Error('connection refused'));
    return Promise.resolve({ partition: 0, offset: this.log.push(sequence) - 1 });
  };

  note: DirectPublishing['note'] = ({ sequence }) => {
    this.noted.push(sequence);
    return Promise.resolve();
  };
}

describe('an API that publishes by itself', () => {
  let direct: Direct;
  beforeEach(() => {
    direct = new Direct();
  });

  /** Appends event 1 in a unit of work that commits or rolls back. */
  const append = async (bug: DualWrite | PublishBeforeCommit, then: 'commit' | 'roll back'): Promise<boolean> => {
    const ended = TE.fromEither(then === 'commit' ? E.right(undefined) : E.left('refused'));
    const unitOfWork = bug.unitOfWork(new InMemoryUnitOfWork(new InMemoryDatabase(systemClock)));
    const work = unitOfWork.run(unit, (tx) => TE.flatMap(() => ended)(bug.outbox.append(tx, [anEvent('order', 1)])));
    return E.isRight(await work());
  };

  for (const [name, bug] of [
    ['dual-write', (): DualWrite => new DualWrite(direct)],
    ['publish-before-commit', (): PublishBeforeCommit => new PublishBeforeCommit(direct)],
  ] as const)
    it(`${name}: given nothing that goes wrong, publishes and notes what is committed`, async () => {
      expect(await append(bug(), 'commit')).to.be.true;
      expect([direct.log, direct.noted]).to.deep.equal([[1], [1]]);
    });

  it('dual-write: given a broker that is down, commits an order whose event is nowhere', async () => {
    direct.down = true;
    expect(await append(new DualWrite(direct), 'commit')).to.be.true;
    expect([direct.log, direct.noted]).to.deep.equal([[], []]);
  });

  it('publish-before-commit: given a unit that does not commit, has told the world of it', async () => {
    expect(await append(new PublishBeforeCommit(direct), 'roll back')).to.be.false;
    expect([direct.log, direct.noted]).to.deep.equal([[1], []]);
  });
});
