import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Claimed } from '../../../src/application/ports/relay-outbox.ts';
import { withOutbox } from './changed-ports.ts';
import type { PlantedBug } from './planted-bug.ts';

export const claimByCursor: PlantedBug = {
  name: 'claim-by-cursor',
  mistake: 'rows below the highest ID that was published are not looked at again, though they may commit later',
  invariant: 3,
  plant: (ports) => {
    const cursors = new Map<number, number>();
    return withOutbox(ports, {
      claim: (lease, lane, limit) =>
        TE.map(({ records, more }: Claimed) => ({
          records: records.filter(({ id, attempts }) => attempts > 0 || id > (cursors.get(lane) ?? 0)),
          more,
        }))(ports.outbox.claim(lease, lane, limit)),
      acknowledge: (lease, lane, acknowledged) => {
        const highest = Math.max(cursors.get(lane) ?? 0, ...acknowledged.map(({ record }) => record.id));
        cursors.set(lane, highest);
        return ports.outbox.acknowledge(lease, lane, acknowledged);
      },
    });
  },
};
