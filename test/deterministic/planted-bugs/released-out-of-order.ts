import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { World } from '../../../simulator/deterministic/world.ts';
import { withOutbox } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

const CHUNK_PAUSE_MS = 300;

const setHeld = (world: World, id: number, heldBy: number | null): Promise<unknown> =>
  world.database.transact(({ outbox }) => {
    const row = outbox.get(id);
    if (row?.status === 'PENDING') outbox.set(id, { ...row, heldBy });
    return Promise.resolve(E.right(undefined));
  });

export const releasedOutOfOrder: PlantedBug = {
  name: 'released-out-of-order',
  mistake: 'held events are released in chunks, the last chunk first',
  invariant: 7,
  plant: (ports, world) =>
    withOutbox(ports, {
      acknowledge: (lease, lane, acknowledged) => {
        const rows = [...world.database.committed.outbox.values()];
        const firstHeld = acknowledged.flatMap(({ record }) => {
          const held = rows.filter(({ heldBy }) => heldBy === record.id).sort((a, b) => a.sequence - b.sequence);
          return held.length > 1 ? held.slice(0, 1) : [];
        });
        return pipe(
          ports.outbox.acknowledge(lease, lane, acknowledged),
          TE.tapTask(() => async () => {
            for (const { id, heldBy } of firstHeld) await setHeld(world, id, heldBy);
            world.after(CHUNK_PAUSE_MS, () => {
              for (const { id } of firstHeld) void setHeld(world, id, null);
            });
          }),
        );
      },
    }),
};
