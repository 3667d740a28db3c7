import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { Pool } from 'mysql2/promise';
import type { RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';
import { orUnavailable } from '../read-records.ts';

const FORGET_BLOCK = 'DELETE FROM outbox_blocks WHERE order_id = ?';
const RELEASE_ALL = "UPDATE outbox SET held_by = NULL WHERE order_id = ? AND status = 'PENDING'";

/**
 * PLANTED BUG. A quarantined event is put aside as into a dead letter queue, and what waited behind it goes on, as
 * if the two had nothing to do with each other.
 */
export const overtakeQuarantinedOutbox = (real: RelayOutbox, pool: Pool): RelayOutbox => ({
  lanesWithWork: () => real.lanesWithWork(),
  claim: (lease, lane, limit) => real.claim(lease, lane, limit),
  acknowledge: (lease, lane, acknowledged) => real.acknowledge(lease, lane, acknowledged),
  recordFailure: (lease, failure, then) =>
    pipe(
      real.recordFailure(lease, failure, then),
      TE.tap(() =>
        orUnavailable('release events', async () => {
          if (then._tag !== 'Quarantine') return;
          const { orderKey } = failure.record;
          await pool.query(FORGET_BLOCK, [orderKey]);
          await pool.query(RELEASE_ALL, [orderKey]);
        }),
      ),
    ),
});
