import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import {
  Failpoint,
  failpointFrom,
  publisherWithFailpoint,
  relayOutboxWithFailpoint,
  unitOfWorkWithFailpoint,
} from '../../../src/infrastructure/failpoints.ts';
import { InMemoryUnitOfWork, tablesOf } from '../../../src/infrastructure/in-memory/in-memory-unit-of-work.ts';
import { RelayHouse } from './relay-house.ts';
import { SimulatedRelay } from './simulated-relay.ts';

describe('failpoints', () => {
  it('are off unless FAILPOINT is set', () => {
    expect(failpointFrom({})).to.deep.equal(E.right(undefined));
  });

  for (const [text, name, nth] of [
    ['after-publish', 'after-publish', 1],
    ['before-settle:20', 'before-settle', 20],
  ] as const)
    it(`FAILPOINT=${text} names a place and a count`, () => {
      const failpoint = failpointFrom({ FAILPOINT: text, NODE_ENV: 'test' });
      expect(E.isRight(failpoint) && failpoint.right).to.include({ name, nth });
    });

  for (const text of ['', 'anywhere', 'after-publish:0', 'after-publish:-1', 'after-publish:x', 'after-publish:1:2'])
    it(`FAILPOINT=${JSON.stringify(text)} is refused with what to set`, () => {
      const failpoint = failpointFrom({ FAILPOINT: text });
      expect(E.isLeft(failpoint) && failpoint.left).to.match(/^FAILPOINT is .* set it to one of before-commit, /);
    });

  it('are refused in production', () => {
    expect(E.isLeft(failpointFrom({ FAILPOINT: 'after-publish', NODE_ENV: 'production' }))).to.equal(true);
  });

  for (const [name, copies] of [
    ['before-publish', 1],
    ['after-publish', 2],
    ['before-settle', 2],
    ['after-settle', 1],
  ] as const)
    it(`given a relay that dies ${name} / when another takes over / then the event is on the topic ${copies === 1 ? 'once' : 'twice'}`, async () => {
      const house = new RelayHouse();
      await house.append('a');
      let kill = (): void => undefined;
      const failpoint = new Failpoint(name, 1, () => {
        kill();
      });
      const doomed = new SimulatedRelay(
        house,
        {},
        {
          publisher: publisherWithFailpoint(house.publisher, failpoint),
          outbox: relayOutboxWithFailpoint(house.relayOutbox, failpoint),
        },
      );
      kill = () => {
        doomed.kill();
      };
      const standby = new SimulatedRelay(house, { owner: 'relay-2' });
      await house.clock.advance(60_000);
      expect(house.published()).to.have.lengthOf(copies);
      expect(house.count('COMPLETED')).to.equal(1);
      standby.kill();
    });

  for (const [name, isCommitted] of [
    ['before-commit', false],
    ['after-commit', true],
  ] as const)
    it(`${name} is reached with ${isCommitted ? 'everything' : 'nothing'} committed`, async () => {
      const { database } = new RelayHouse();
      const row = { name: 'row', owner: 'test', epoch: 1, expiresAt: 0 };
      const committed = await new Promise<boolean>((resolve) => {
        const die = (): void => {
          resolve(database.committed.leases.has('row'));
        };
        const unitOfWork = unitOfWorkWithFailpoint(new InMemoryUnitOfWork(database), new Failpoint(name, 1, die));
        void unitOfWork.run({ action: 'test', rerunAfterUnknownCommit: false }, (tx) =>
          TE.fromIO(() => {
            tablesOf(tx).leases.set('row', row);
          }),
        )();
      });
      expect(committed).to.equal(isCommitted);
    });
});
