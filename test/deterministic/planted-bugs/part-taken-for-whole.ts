import * as E from 'fp-ts/lib/Either.js';
import { withPublish } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

export const partTakenForWhole: PlantedBug = {
  name: 'part-taken-for-whole',
  mistake: 'of a refused batch the first half is sent again, and its success taken for that of the whole',
  invariant: 4,
  plant: (ports) =>
    withPublish(ports, (lane, records) => async () => {
      const outcome = await ports.publisher.publish(lane, records)();
      if (E.isRight(outcome) || outcome.left.kind !== 'event' || records.length < 2) return outcome;
      return ports.publisher.publish(lane, records.slice(0, Math.ceil(records.length / 2)))();
    }),
};
