import * as E from 'fp-ts/lib/Either.js';
import { withPublish } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

export const markBeforeAck: PlantedBug = {
  name: 'mark-before-ack',
  mistake: 'a batch counts as published as soon as it is sent',
  invariant: 4,
  plant: (ports, world) =>
    withPublish(ports, (lane, records) => () => {
      const baseOffset = world.broker.topic.entries(lane).length;
      void ports.publisher.publish(lane, records)();
      return Promise.resolve(E.right({ baseOffset }));
    }),
};
