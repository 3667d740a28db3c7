import * as E from 'fp-ts/lib/Either.js';
import { withPublish } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

export const twoInFlight: PlantedBug = {
  name: 'two-in-flight',
  mistake: 'a lane has two requests in flight, so the later one may arrive first',
  invariant: 7,
  plant: (ports) =>
    withPublish(ports, (lane, records) => async () => {
      if (records.length < 2) return ports.publisher.publish(lane, records)();
      const middle = Math.ceil(records.length / 2);
      const [first, second] = await Promise.all([
        ports.publisher.publish(lane, records.slice(0, middle))(),
        ports.publisher.publish(lane, records.slice(middle))(),
      ]);
      return E.isLeft(second) ? second : first;
    }),
};
