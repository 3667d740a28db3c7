import * as E from 'fp-ts/lib/Either.js';
import type { Task } from 'fp-ts/lib/Task.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { AfterFailure, OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import type { World } from '../../../simulator/deterministic/world.ts';
import { withOutbox } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Nothing holds the later events of the order any more. */
const unhold = (world: World, { id, orderKey }: OutboxRecord): Task<unknown> => {
  return () =>
    world.database.transact(({ blocks, outbox }) => {
      blocks.delete(orderKey);
      for (const row of [...outbox.values()]) if (row.heldBy === id) outbox.set(row.id, { ...row, heldBy: null });
      return Promise.resolve(E.right(undefined));
    });
};

const withoutHoldingAfter = (failures: AfterFailure['_tag']): PlantedBug['plant'] =>
  function plant(ports, world) {
    return withOutbox(ports, {
      recordFailure: (lease, failure, then) => {
        const recorded = ports.outbox.recordFailure(lease, failure, then);
        if (then._tag !== failures) return recorded;
        return pipe(
          recorded,
          TE.tapTask(() => unhold(world, failure.record)),
        );
      },
    });
  };

export const successorsNotHeld: PlantedBug = {
  name: 'successors-not-held',
  mistake: 'while an event waits for its next try, the later events of its order go on',
  invariant: 7,
  plant: withoutHoldingAfter('RetryAfter'),
};

export const quarantineNotHeld: PlantedBug = {
  name: 'quarantine-not-held',
  mistake: 'once an event is quarantined, the later events of its order go on',
  invariant: 8,
  plant: withoutHoldingAfter('Quarantine'),
};
