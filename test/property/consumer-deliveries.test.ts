import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { storageUnavailable } from '../../src/application/ports/storage-error.ts';
import type { UnitOfWork } from '../../src/application/ports/unit-of-work.ts';
import { ConsumerHouse } from '../application/consumer/consumer-house.ts';
import { history } from '../support/incoming-events.ts';

type Fate = 'commits' | 'rolls back' | 'commits, and its answer is lost';

/** Units meet the fates in turn, then all commit. */
const fated = (fates: readonly Fate[]): ((real: UnitOfWork) => UnitOfWork) => {
  const left = [...fates];
  return (real) => ({
    run: (options, work) => {
      const fate = left.shift() ?? 'commits';
      const lost = storageUnavailable(options.action, new Error('connection lost'));
      if (fate === 'rolls back') return TE.left(lost);
      const unit = real.run(options, work);
      return fate === 'commits'
        ? unit
        : pipe(
            unit,
            TE.flatMap(() => TE.left(lost)),
          );
    },
  });
};

const fate = fc.constantFrom<Fate>('commits', 'commits', 'rolls back', 'commits, and its answer is lost');

describe('any deliveries', () => {
  it('whatever is repeated, comes early or meets a dying database: each event has one effect, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        fc.array(fate, { maxLength: 30 }),
        async (lengths, picks, fates) => {
          const orders = lengths.map((length) => history(length));
          const all = orders.flat();
          const house = new ConsumerHouse({ unitOfWork: fated(fates) });
          // Anything in any order, as often as it likes; each delivery by a process that has just started.
          await house.takeAll(picks.flatMap((pick) => all[pick % all.length] ?? []));
          // The topic's promise: in the end everything is delivered, again and again until it is taken.
          for (let round = 0; round < fates.length + 1; round += 1) await house.takeAll(all);
          await house.consumer().sweep(new AbortController().signal);
          for (const events of orders)
            expect(house.effects(events[0]?.orderId)).to.deep.equal(events.map(({ eventId }) => eventId));
          expect(house.waiting()).to.deep.equal([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
