import * as E from 'fp-ts/lib/Either.js';
import type { PublishFailure } from '../../../src/application/ports/publisher.ts';
import { withPublish } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Failures of this kind are told to the relay as the event's own. */
const takenForItsOwn = (kind: PublishFailure['kind']): PlantedBug['plant'] =>
  function plant(ports) {
    return withPublish(ports, (lane, records) => async () => {
      const outcome = await ports.publisher.publish(lane, records)();
      if (E.isRight(outcome) || outcome.left.kind !== kind) return outcome;
      return E.left({ ...outcome.left, kind: 'event' });
    });
  };

export const outageSpendsAttempt: PlantedBug = {
  name: 'outage-spends-attempt',
  mistake: 'an outage counts as the failure of whatever event was sent',
  invariant: 20,
  plant: takenForItsOwn('outage'),
};

export const doubtSpendsAttempt: PlantedBug = {
  name: 'doubt-spends-attempt',
  mistake: 'a failure for an unknown reason counts as the event’s own, whether another order gets through or not',
  invariant: 20,
  plant: takenForItsOwn('unknown'),
};
