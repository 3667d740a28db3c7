import * as E from 'fp-ts/lib/Either.js';
import { withPublish } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

export const producerDropsRepeats: PlantedBug = {
  name: 'producer-drops-repeats',
  mistake: 'what was sent once is taken to be stored, and not sent again (an idempotent producer that lost count)',
  invariant: 3,
  plant: (ports, world) => {
    const sent = new Set<string>();
    return withPublish(ports, (lane, records) => () => {
      if (records.every(({ eventId }) => sent.has(eventId)))
        return Promise.resolve(E.right({ baseOffset: world.broker.topic.entries(lane).length - records.length }));
      for (const { eventId } of records) sent.add(eventId);
      return ports.publisher.publish(lane, records)();
    });
  },
};
