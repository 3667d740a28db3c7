import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Claimed, OutboxRecord } from '../../../src/application/ports/relay-outbox.ts';
import { withOutbox, withPublish } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

const ASIDE_MS = 2_000;

export const headSetAside: PlantedBug = {
  name: 'head-set-aside',
  mistake: 'after an outage the record that met it waits, and what comes behind it does not',
  invariant: 7,
  plant: (ports, _world, process) => {
    const asideUntil = new Map<string, number>();
    const isAside = ({ eventId }: OutboxRecord): boolean =>
      (asideUntil.get(eventId) ?? Number.NEGATIVE_INFINITY) > process.clock.monotonic();
    const publishing = withPublish(ports, (lane, records) => async () => {
      const outcome = await ports.publisher.publish(lane, records)();
      const [head] = records;
      if (E.isLeft(outcome) && outcome.left.kind === 'outage' && head !== undefined)
        asideUntil.set(head.eventId, process.clock.monotonic() + ASIDE_MS);
      return outcome;
    });
    return withOutbox(publishing, {
      claim: (lease, lane, limit) =>
        TE.map(({ records, more }: Claimed) => ({ records: records.filter((record) => !isAside(record)), more }))(
          ports.outbox.claim(lease, lane, limit),
        ),
    });
  },
};
