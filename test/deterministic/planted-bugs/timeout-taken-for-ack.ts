import * as E from 'fp-ts/lib/Either.js';
import { withPublish } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

export const timeoutTakenForAck: PlantedBug = {
  name: 'timeout-taken-for-ack',
  mistake: 'no answer is taken for a good answer',
  invariant: 4,
  plant: (ports, world) =>
    withPublish(ports, (lane, records) => async () => {
      const outcome = await ports.publisher.publish(lane, records)();
      if (E.isRight(outcome) || outcome.left.reason !== 'request timed out') return outcome;
      return E.right({ baseOffset: world.broker.topic.entries(lane).length });
    }),
};
