import * as TE from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import { steadyPace } from '../../src/application/operations/pace.ts';
import type { Pace } from '../../src/application/operations/pace.ts';
import { PURGE_CHUNK, PurgeOutbox } from '../../src/application/operations/purge-outbox.ts';
import type { PurgeError, PurgeReport, PurgeRequest } from '../../src/application/operations/purge-outbox.ts';
import type { AuditEntry } from '../../src/application/ports/outbox-operations.ts';
import type { OutboxEvent } from '../../src/application/ports/outbox.ts';
import { anEvent, commitEvents, commitSequence, keyInLane } from './events-for-tests.ts';
import { leasedLane } from './relay-for-tests.ts';
import type { LaneForTests } from './relay-for-tests.ts';
import { left, right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

const HOUR = 3_600_000;

export const outboxRetentionSuite = (open: OpenStorage): void => {
  describe('outbox retention', () => {
    let storage: StorageUnderTest;
    let lane: LaneForTests;
    let audit: AuditEntry[];
    let a: string;
    let b: string;
    beforeEach(async () => {
      storage = await open();
      lane = await leasedLane(storage);
      audit = [];
      a = keyInLane(0);
      b = keyInLane(0);
    });
    afterEach(() => storage.close());

    const purge = (
      change: Partial<PurgeRequest> = {},
      pace: Pace = steadyPace(PURGE_CHUNK),
    ): TE.TaskEither<PurgeError, PurgeReport> =>
      new PurgeOutbox({
        unitOfWork: storage.unitOfWork,
        retention: storage.retention,
        audit: {
          record: (_tx, entry) => {
            audit.push(entry);
            return TE.right(undefined);
          },
        },
      }).handle(
        { actor: 'janitor', olderThanMs: HOUR, limit: Infinity, dryRun: false, recordsIdleRun: true, ...change },
        pace,
      );
    const purged = async (change: Parameters<typeof purge>[0] = {}): Promise<number> =>
      (await right(purge(change))).rows;

    const publish = async (): Promise<void> => lane.acknowledge(await lane.claim());
    /** Hours go by; the lease with them, so the lane gets a new one. */
    const hoursLater = async (hours: number): Promise<void> => {
      await storage.passTime(hours * HOUR);
      const { offset } = lane;
      lane = await leasedLane(storage, 0, `relay-${hours}-${offset}`);
      lane.offset = offset;
    };
    const remaining = async (events: readonly OutboxEvent[]): Promise<readonly number[]> => {
      const stored = await Promise.all(events.map(({ eventId }) => storage.storedEvent(eventId)));
      return events.filter((_, index) => stored[index] !== undefined).map(({ sequence }) => sequence);
    };

    it('given an empty outbox / then nothing is removed, and the run is on record and audited all the same', async () => {
      expect(await purged()).to.equal(0);
      expect(await storage.purges()).to.deep.equal([{ actor: 'janitor', purgedRows: 0 }]);
      expect(audit).to.have.lengthOf(1);
      expect(audit[0]).to.include({ actor: 'janitor', action: 'purge', eventId: null });
      expect(audit[0]?.reason).to.match(/^published before \d{4}-.*Z$/);
    });

    it('given a run that need not be on record when it finds nothing / then one record and audit tell of what goes, and none of nothing', async () => {
      expect(await purged({ recordsIdleRun: false })).to.equal(0);
      expect([await storage.purges(), audit]).to.deep.equal([[], []]);
      await commitSequence(storage, a, 1, 3);
      await publish();
      await hoursLater(2);
      expect(await right(purge({ recordsIdleRun: false }, steadyPace(2)))).to.include({ rows: 3 });
      expect(await storage.purges()).to.deep.equal([{ actor: 'janitor', purgedRows: 3 }]);
      expect(audit).to.have.lengthOf(1);
    });

    it('given a pace that ends / then what it allowed is gone and on record, and the rest is there', async () => {
      const events = await commitSequence(storage, a, 1, 5);
      await publish();
      await hoursLater(2);
      const allowed = [1, 2, 0];
      const pace: Pace = { next: () => Promise.resolve(allowed.shift() ?? 0) };
      expect(await right(purge({}, pace))).to.include({ rows: 3 });
      expect(await remaining(events)).to.deep.equal([4, 5]);
      expect(await storage.purges()).to.deep.equal([{ actor: 'janitor', purgedRows: 3 }]);
    });

    it('given events published before and after the cut-off / then those before go, and their attempts with them', async () => {
      const early = await commitSequence(storage, a, 1, 2);
      const [first] = early;
      await lane.fail(await lane.one(({ sequence }) => sequence === 1), { _tag: 'RetryAfter', delayMs: 1 });
      await storage.passTime(2);
      await publish();
      await publish();
      await hoursLater(2);
      const late = await commitSequence(storage, a, 3, 4);
      await publish();
      const other = await commitSequence(storage, b, 1, 1);
      await publish();

      expect(await purged()).to.equal(2);
      expect(await remaining([...early, ...late])).to.deep.equal([3, 4]);
      expect(await remaining(other)).to.deep.equal([1]);
      expect(await storage.attemptsOf(first?.eventId ?? '')).to.deep.equal([]);
      expect(await storage.purges()).to.deep.equal([{ actor: 'janitor', purgedRows: 2 }]);
    });

    it('given old events that are pending, retrying, held or quarantined / then none of them goes, nor what was published behind one', async () => {
      const pending = await commitSequence(storage, keyInLane(3), 1, 1);
      const held = await commitSequence(storage, a, 1, 3);
      await lane.quarantine(await lane.one(({ sequence }) => sequence === 1));
      const retrying = await commitSequence(storage, b, 1, 1);
      await lane.fail(await lane.one(({ orderKey }) => orderKey === b));
      await hoursLater(200);
      expect(await purged()).to.equal(0);
      expect(await remaining([...pending, ...held, ...retrying])).to.deep.equal([1, 1, 2, 3, 1]);
    });

    it('given a long order released hours after a later one / then both go only as far as they are old', async () => {
      const held = await commitSequence(storage, a, 1, 3);
      const [head] = held;
      await lane.fail(await lane.one(({ eventId }) => eventId === head?.eventId), { _tag: 'RetryAfter', delayMs: 1 });
      const later = await commitSequence(storage, b, 1, 2);
      const free = (await lane.claim()).filter(({ orderKey }) => orderKey === b);
      await lane.acknowledge(free);
      await hoursLater(2);
      // The head, long due, and then what it releases: lower IDs, published after what has higher ones.
      await publish();
      await publish();
      expect(await purged()).to.equal(2);
      expect(await remaining(held)).to.deep.equal([1, 2, 3]);
      expect(await remaining(later)).to.deep.equal([]);
    });

    it('given a limit / then no more go, each order from its first event on; the next run goes on', async () => {
      const events = await commitSequence(storage, a, 1, 5);
      await publish();
      await hoursLater(2);
      expect(await purged({ limit: 2 })).to.equal(2);
      expect(await remaining(events)).to.deep.equal([3, 4, 5]);
      expect(await purged({ limit: 2 })).to.equal(2);
      expect(await remaining(events)).to.deep.equal([5]);
      expect(await purged({ limit: 2 })).to.equal(1);
      expect((await storage.purges()).map(({ purgedRows }) => purgedRows)).to.deep.equal([2, 2, 1]);
    });

    it('given a dry run / then it counts what would go, and neither changes nor records anything', async () => {
      const events = await commitSequence(storage, a, 1, 3);
      await publish();
      await hoursLater(2);
      expect(await purged({ dryRun: true })).to.equal(3);
      expect(await purged({ dryRun: true, limit: 2 })).to.equal(2);
      expect(await remaining(events)).to.deep.equal([1, 2, 3]);
      expect(await storage.purges()).to.deep.equal([]);
      expect(audit).to.deep.equal([]);
    });

    it('given more than one transaction takes, in several lanes / then all go, and a dry run had counted just as many', async () => {
      const long = Array.from({ length: PURGE_CHUNK + 200 }, (_, index) => anEvent(a, index + 1));
      await commitEvents(storage, long);
      while ((await lane.claim()).length > 0) await publish();
      const elsewhere = await leasedLane(storage, 4, 'elsewhere');
      const other = await commitSequence(storage, keyInLane(4), 1, 2);
      await elsewhere.acknowledge(await elsewhere.claim());
      await hoursLater(2);
      expect(await purged({ dryRun: true })).to.equal(PURGE_CHUNK + 202);
      expect(await purged()).to.equal(PURGE_CHUNK + 202);
      expect(await remaining([...long.slice(0, 3), ...long.slice(-3), ...other])).to.deep.equal([]);
    }).timeout(30_000);

    it('given two purges at once / then each row is counted once', async () => {
      await commitEvents(
        storage,
        Array.from({ length: 40 }, (_, index) => anEvent(a, index + 1)),
      );
      await publish();
      await hoursLater(2);
      await Promise.all([right(purge()), right(purge())]);
      const counts = (await storage.purges()).map(({ purgedRows }) => purgedRows);
      expect(counts).to.have.lengthOf(2);
      expect(counts.reduce((sum, rows) => sum + rows, 0)).to.equal(40);
    });

    it('given windows smaller than what is there / then each look goes on behind the one before', async () => {
      await commitSequence(storage, a, 1, 5);
      await publish();
      await hoursLater(2);
      const cutoff = await right(storage.retention.cutoff(HOUR));
      const sizes: number[] = [];
      for (let after: number | undefined = 0; after !== undefined;) {
        const look: { purgeable: readonly unknown[]; next: number | undefined } = await right(
          storage.retention.look(cutoff, 0, after, 2),
        );
        sizes.push(look.purgeable.length);
        after = look.next;
      }
      expect(sizes).to.deep.equal([2, 2, 1]);
    });

    it('given less than an hour / then it is refused, and nothing is looked at or recorded', async () => {
      for (const olderThanMs of [HOUR - 1, 0, -1, Number.NaN])
        expect(await left(purge({ olderThanMs }))).to.deep.equal({
          _tag: 'RetentionTooShort',
          olderThanMs,
          shortestMs: HOUR,
        });
      expect(await storage.purges()).to.deep.equal([]);
    });
  });
};
