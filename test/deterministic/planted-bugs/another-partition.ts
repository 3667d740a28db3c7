import * as E from 'fp-ts/lib/Either.js';
import { withPublish } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

export const anotherPartition: PlantedBug = {
  name: 'another-partition',
  mistake: 'a partition that does not answer is given up for the next one',
  invariant: 6,
  plant: (ports, world) =>
    withPublish(ports, (lane, records) => async () => {
      const outcome = await ports.publisher.publish(lane, records)();
      if (E.isRight(outcome) || outcome.left.kind !== 'outage') return outcome;
      return ports.publisher.publish((lane + 1) % world.plan.lanes, records)();
    }),
};
