import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { storageUnavailable } from '../../src/application/ports/storage-error.ts';
import type { UnitOfWork } from '../../src/application/ports/unit-of-work.ts';
import { ConsumerHouse } from '../application/consumer/consumer-house.ts';
import type { IncomingEvent } from '../../src/application/ports/consumed-record.ts';
import { history, incoming } from '../support/incoming-events.ts';

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

/** An operator skipped the event before it was published. */
const standInFor = ({ orderId, sequence }: IncomingEvent): IncomingEvent =>
  incoming(orderId, sequence, { type: 'EventSkipped', isSkip: true });

/** Cuts `events` into portions of the given sizes, over and over; 0 means that they come one by one. */
const deliver = async (
  house: ConsumerHouse,
  events: readonly IncomingEvent[],
  sizes: readonly number[],
): Promise<void> => {
  for (let from = 0, turn = 0; from < events.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 0;
    const portion = events.slice(from, from + Math.max(1, size));
    if (size === 0) await house.takeAll(portion);
    else await house.takeTogether(portion);
    from += portion.length;
  }
};

describe('any deliveries', () => {
  it('whatever is repeated, comes early, in portions, fails or meets a dying database: each event has one effect, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        fc.array(fate, { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 2 }),
        async (lengths, picks, fates, sizes, failing, skips) => {
          const orders = lengths.map((length) => history(length));
          const original = orders.flat();
          const all = original.map((event, index) =>
            skips.some((skip) => skip % original.length === index) ? standInFor(event) : event,
          );
          // Handlers that fail once or twice each, in a batch or alone: never often enough to park.
          const troubles = failing.map((pick) => all[pick % all.length]?.eventId);
          const house = new ConsumerHouse({
            unitOfWork: fated(fates),
            handler: ({ eventId }) => {
              const trouble = troubles.indexOf(eventId);
              if (trouble === -1) return Promise.resolve();
              troubles.splice(trouble, 1);
              return troubles.length % 2 === 0 ? Promise.reject(new Error('not now')) : Promise.resolve();
            },
          });
          // Anything in any order, as often as it likes; each delivery by a process that has just started.
          await deliver(
            house,
            picks.flatMap((pick) => all[pick % all.length] ?? []),
            sizes,
          );
          // The topic's promise: in the end everything is delivered, again and again until it is taken.
          for (let round = 0; round < fates.length + 1; round += 1) await deliver(house, all, sizes);
          await house.consumer().sweep(new AbortController().signal);
          for (const events of orders) {
            const { orderId } = events[0] ?? {};
            const expected = all.filter((event) => event.orderId === orderId && !event.isSkip);
            expect(house.effects(orderId)).to.deep.equal(expected.map(({ eventId }) => eventId));
            expect(house.database.committed.orders.get(orderId ?? '')?.lastSequence).to.equal(events.length);
          }
          expect(house.waiting()).to.deep.equal([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
