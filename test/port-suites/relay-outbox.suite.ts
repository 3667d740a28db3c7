import { expect } from 'chai';
import { anEvent, commitEvents, commitSequence, keyInLane } from './events-for-tests.ts';
import { leasedLane, redrive } from './relay-for-tests.ts';
import type { LaneForTests } from './relay-for-tests.ts';
import { left, right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

export const relayOutboxSuite = (open: OpenStorage): void => {
  describe('relay outbox', () => {
    let storage: StorageUnderTest;
    let lane: LaneForTests;
    let a: string;
    let b: string;
    let names: Record<string, string>;
    beforeEach(async () => {
      storage = await open();
      lane = await leasedLane(storage);
      a = keyInLane(0);
      b = keyInLane(0);
      names = { [a]: 'a', [b]: 'b' };
    });
    afterEach(() => storage.close());

    describe('claim', () => {
      it('given an empty outbox / then nothing, and no lane has work', async () => {
        expect(await lane.claim()).to.deep.equal([]);
        expect(await right(storage.relayOutbox.lanesWithWork())).to.deep.equal([]);
      });

      it('given events of two orders / then all of them, in commit order', async () => {
        await commitSequence(storage, a, 1, 2);
        await commitSequence(storage, b, 1, 1);
        await commitSequence(storage, a, 3, 3);
        expect(await lane.claimed(names)).to.deep.equal(['a#1', 'a#2', 'b#1', 'a#3']);
      });

      it('given events of other lanes / then they are not claimed', async () => {
        await commitSequence(storage, keyInLane(3), 1, 2);
        expect(await lane.claim()).to.deep.equal([]);
        expect(await right(storage.relayOutbox.lanesWithWork())).to.deep.equal([3]);
      });

      it('given nothing settled / when claimed again / then the same events again', async () => {
        await commitSequence(storage, a, 1, 2);
        expect(await lane.claim()).to.deep.equal(await lane.claim());
      });

      it('given more events than the limit of records / then the first ones', async () => {
        await commitSequence(storage, a, 1, 4);
        expect((await lane.claim({ records: 3 })).map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3]);
      });

      it('given a limit of bytes / then what fits up to the first that does not, and always at least one', async () => {
        const payload = (length: number): string => `"${'x'.repeat(length - 2)}"`;
        await commitEvents(storage, [
          anEvent(a, 1, { payload: payload(100) }),
          anEvent(a, 2, { payload: payload(500) }),
          anEvent(b, 1, { payload: payload(10) }),
        ]);
        const sizes = async (bytes: number): Promise<readonly number[]> =>
          (await lane.claim({ bytes })).map((record) => record.payload.length);
        expect(await sizes(1)).to.deep.equal([100]);
        expect(await sizes(599)).to.deep.equal([100]);
        expect(await sizes(600)).to.deep.equal([100, 500]);
        expect(await sizes(610)).to.deep.equal([100, 500, 10]);
      });
    });

    describe('claim, and whether there may be more', () => {
      it('given all that there is / then no', async () => {
        await commitSequence(storage, a, 1, 3);
        expect((await lane.look()).more).to.equal(false);
        expect((await lane.look({ records: 4 })).more).to.equal(false);
        expect((await lane.look({ records: 4, fresh: true })).more).to.equal(false);
      });

      it('given a limit of records that keeps some out / then yes', async () => {
        await commitSequence(storage, a, 1, 3);
        expect((await lane.look({ records: 2 })).more).to.equal(true);
        expect((await lane.look({ records: 2, fresh: true })).more).to.equal(true);
      });

      it('given a limit of bytes that keeps one out / then yes', async () => {
        await commitEvents(storage, [
          anEvent(a, 1, { payload: '1' }),
          anEvent(b, 1, { payload: `"${'x'.repeat(100)}"` }),
        ]);
        for (const fresh of [false, true]) {
          const { records, more } = await lane.look({ bytes: 50, fresh });
          expect(records).to.have.length(1);
          expect(more).to.equal(true);
        }
      });
    });

    describe('claim of fresh records', () => {
      it('given a retry that is due / then it is left to others, and its successors with it', async () => {
        await commitSequence(storage, a, 1, 2);
        await commitSequence(storage, b, 1, 2);
        await lane.fail(await lane.one(({ orderKey, sequence }) => orderKey === a && sequence === 1), {
          _tag: 'RetryAfter',
          delayMs: 0,
        });
        await storage.passTime(1);
        const fresh = await lane.claim({ fresh: true });
        expect(fresh.map(({ orderKey, sequence }) => [orderKey, sequence])).to.deep.equal([
          [b, 1],
          [b, 2],
        ]);
        expect((await lane.claim()).map(({ orderKey }) => orderKey)).to.include(a);
      });

      it('given a row in flight / then the others', async () => {
        await commitSequence(storage, a, 1, 3);
        const [first] = await lane.claim({ fresh: true });
        const rest = await lane.claim({ fresh: true, except: new Set([first?.id ?? 0]) });
        expect(rest.map(({ sequence }) => sequence)).to.deep.equal([2, 3]);
      });

      it('given an empty lane / then nothing', async () => {
        expect(await lane.look({ fresh: true })).to.deep.equal({ records: [], more: false });
      });

      it('given the same records / then it brings what a whole claim brings', async () => {
        await commitEvents(storage, [anEvent(a, 1, { headers: { traceparent: 'x' } }), anEvent(a, 2), anEvent(b, 1)]);
        expect(await lane.claim({ fresh: true })).to.deep.equal(await lane.claim());
      });

      it('given many lanes that are claimed and settled at once, again and again / then each gets what is its own', async () => {
        const lanes = [lane, ...(await Promise.all([1, 2, 3, 4].map((number) => leasedLane(storage, number))))];
        const keys = lanes.map(({ lane: number }) => keyInLane(number));
        for (let round = 0; round < 3; round += 1) {
          const sequence = round + 1;
          await Promise.all(keys.map((key) => commitSequence(storage, key, sequence, sequence)));
          const claims = await Promise.all(lanes.map((each) => each.claim({ fresh: true })));
          expect(claims.map((records) => records.map(({ orderKey }) => orderKey))).to.deep.equal(
            keys.map((key) => [key]),
          );
          await Promise.all(lanes.map((each, index) => each.acknowledge(claims[index] ?? [])));
        }
        expect(await right(storage.relayOutbox.lanesWithWork())).to.deep.equal([]);
      });

      it('given one of many leases is lost / then only that lane is told so, and the others are claimed and settled', async () => {
        const others = await Promise.all([1, 2, 3].map((number) => leasedLane(storage, number)));
        const keys = [lane, ...others].map(({ lane: number }) => keyInLane(number));
        for (const key of keys) await commitSequence(storage, key, 1, 1);
        const [records, ...theirs] = await Promise.all([lane, ...others].map((each) => each.claim({ fresh: true })));
        await right(storage.leases.release(lane.lease));
        const lost = { _tag: 'LeaseLost', lease: lane.lease };
        const acknowledged = (records ?? []).map((record) => ({ record, offset: 1 }));
        const settling = await Promise.all([
          ...others.map(async (each, index) => each.acknowledge(theirs[index] ?? [])),
          left(storage.relayOutbox.acknowledge(lane.lease, 0, acknowledged)),
          left(storage.relayOutbox.claim(lane.lease, 0, { records: 1, bytes: 1, fresh: true })),
        ]);
        expect(settling).to.deep.equal([undefined, undefined, undefined, lost, lost]);
        expect(await right(storage.relayOutbox.lanesWithWork())).to.deep.equal([0]);
      });
    });

    describe('claim, with rows that are left out', () => {
      it('given rows in flight / then the others, up to the limit, also those with lower IDs', async () => {
        await commitSequence(storage, a, 1, 2);
        await commitSequence(storage, b, 1, 1);
        await commitSequence(storage, a, 3, 5);
        const [, second, third, fourth] = await lane.claim();
        const except = new Set([second, third, fourth].map((record) => record?.id ?? 0));
        const rest = await lane.claim({ except });
        expect(rest.map(({ sequence }) => sequence)).to.deep.equal([1, 4, 5]);
        const limited = await lane.claim({ except, records: 2 });
        expect(limited.map(({ sequence }) => sequence)).to.deep.equal([1, 4]);
      });

      it('given nothing but rows in flight / then nothing; when they are acknowledged meanwhile / then still nothing', async () => {
        await commitSequence(storage, a, 1, 3);
        const records = await lane.claim();
        const except = new Set(records.map(({ id }) => id));
        expect(await lane.claim({ except })).to.deep.equal([]);
        const [during] = await Promise.all([lane.claim({ except }), lane.acknowledge(records)]);
        expect(during).to.deep.equal([]);
        expect(await lane.claim({ except })).to.deep.equal([]);
      });

      it('given a retry that is due / then it is left out like any other', async () => {
        await commitSequence(storage, a, 1, 2);
        await lane.fail(await lane.one(({ sequence }) => sequence === 1), { _tag: 'RetryAfter', delayMs: 0 });
        await storage.passTime(1);
        const records = await lane.claim();
        expect(records).to.have.length(1);
        expect(await lane.claim({ except: new Set(records.map(({ id }) => id)) })).to.deep.equal([]);
      });
    });

    describe('acknowledge', () => {
      it('given claimed events / when acknowledged / then COMPLETED with their offsets, and never claimed again', async () => {
        const [first, second] = await commitSequence(storage, a, 1, 2);
        lane.offset = 40;
        await lane.acknowledge(await lane.claim());
        expect(await storage.storedEvent(first?.eventId ?? '')).to.include({ status: 'COMPLETED', offset: 40 });
        expect(await storage.storedEvent(second?.eventId ?? '')).to.include({ status: 'COMPLETED', offset: 41 });
        expect(await lane.claim()).to.deep.equal([]);
        expect(await right(storage.relayOutbox.lanesWithWork())).to.deep.equal([]);
      });

      it('given part of what was claimed / when acknowledged / then the rest is claimed again', async () => {
        await commitSequence(storage, a, 1, 3);
        await lane.acknowledge((await lane.claim()).slice(0, 2));
        expect(await lane.claimed(names)).to.deep.equal(['a#3']);
      });

      it('given an acknowledgement / when sent again / then the first offset stays', async () => {
        const [event] = await commitSequence(storage, a, 1, 1);
        const records = await lane.claim();
        await lane.acknowledge(records);
        await lane.acknowledge(records);
        expect(await storage.storedEvent(event?.eventId ?? '')).to.include({ status: 'COMPLETED', offset: 0 });
      });
    });

    describe('a failed attempt', () => {
      it('given a failed event / then it waits for its retry with its successors, while other orders go on', async () => {
        const [, second] = await commitSequence(storage, a, 1, 2);
        await commitSequence(storage, b, 1, 1);
        await lane.fail(await lane.one(({ orderKey, sequence }) => orderKey === a && sequence === 1));
        expect(await lane.claimed(names)).to.deep.equal(['b#1']);
        expect(await storage.storedEvent(second?.eventId ?? '')).to.include({ status: 'PENDING', held: true });
      });

      it('given only held events / then the lane has no work', async () => {
        await commitSequence(storage, a, 1, 3);
        await lane.fail(await lane.one(({ sequence }) => sequence === 1));
        await lane.claim();
        expect(await right(storage.relayOutbox.lanesWithWork())).to.deep.equal([]);
      });

      it('given a failed event / when its successor is appended later / then that one is held too', async () => {
        await commitSequence(storage, a, 1, 1);
        await lane.fail(await lane.one(() => true));
        const [second] = await commitSequence(storage, a, 2, 2);
        expect(await lane.claimed(names)).to.deep.equal([]);
        expect(await storage.storedEvent(second?.eventId ?? '')).to.include({ status: 'PENDING', held: true });
      });

      it('given a retry that falls due / then the head alone is claimed, as blocking, with its attempts', async () => {
        await commitSequence(storage, a, 1, 3);
        await lane.fail(await lane.one(({ sequence }) => sequence === 1), { _tag: 'RetryAfter', delayMs: 60_000 });
        await storage.passTime(59_000);
        expect(await lane.claim()).to.deep.equal([]);
        await storage.passTime(1_001);
        expect(await right(storage.relayOutbox.lanesWithWork())).to.deep.equal([0]);
        const [head, ...others] = await lane.claim();
        expect(head).to.include({ sequence: 1, attempts: 1, blocking: true });
        expect(others).to.deep.equal([]);
      });

      it('given a head whose retry succeeds / then its successors follow in order', async () => {
        await commitSequence(storage, a, 1, 3);
        await lane.fail(await lane.one(({ sequence }) => sequence === 1), { _tag: 'RetryAfter', delayMs: 0 });
        await storage.passTime(1);
        await commitSequence(storage, a, 4, 4);
        await lane.acknowledge(await lane.claim());
        await commitSequence(storage, a, 5, 5);
        const claimed = await lane.claim();
        expect(claimed.map(({ sequence }) => sequence)).to.deep.equal([2, 3, 4, 5]);
        await lane.acknowledge(claimed);
        expect(await lane.claim()).to.deep.equal([]);
      });

      it('given a failure / when recorded again / then the attempt counts once', async () => {
        const [event] = await commitSequence(storage, a, 1, 1);
        const record = await lane.one(() => true);
        await lane.fail(record);
        await lane.fail(record);
        expect(await storage.storedEvent(event?.eventId ?? '')).to.include({ attempts: 1 });
        expect(await storage.attemptsOf(event?.eventId ?? '')).to.deep.equal([1]);
      });

      it('given an event in the middle of an order that fails / then those before it are untouched, those after it held', async () => {
        await commitSequence(storage, a, 1, 4);
        const claimed = await lane.claim();
        await lane.acknowledge(claimed.slice(0, 1));
        const [, second] = claimed;
        if (second !== undefined) await lane.fail(second);
        expect(await lane.claimed(names)).to.deep.equal([]);
        await storage.passTime(60_001);
        expect(await lane.claimed(names)).to.deep.equal(['a#2']);
      });

      it('given a released successor that fails in turn / then what comes after it is held behind it', async () => {
        await commitSequence(storage, a, 1, 4);
        await lane.fail(await lane.one(({ sequence }) => sequence === 1), { _tag: 'RetryAfter', delayMs: 0 });
        await storage.passTime(1);
        await lane.acknowledge(await lane.claim());
        await lane.fail(await lane.one(({ sequence }) => sequence === 2));
        expect(await lane.claimed(names)).to.deep.equal([]);
        await storage.passTime(60_001);
        await lane.acknowledge(await lane.claim());
        expect(await lane.claimed(names)).to.deep.equal(['a#3', 'a#4']);
      });
    });

    describe('quarantine', () => {
      it('given an event that failed seven times / then QUARANTINED with its history, its order held, others flowing', async () => {
        const [first, second] = await commitSequence(storage, a, 1, 2);
        await commitSequence(storage, b, 1, 1);
        await lane.quarantine(await lane.one(({ orderKey, sequence }) => orderKey === a && sequence === 1));
        await storage.passTime(3_000_000);
        expect(await lane.claimed(names)).to.deep.equal(['b#1']);
        expect(await storage.storedEvent(first?.eventId ?? '')).to.include({ status: 'QUARANTINED', attempts: 7 });
        expect(await storage.storedEvent(second?.eventId ?? '')).to.include({ status: 'PENDING', held: true });
        expect(await storage.attemptsOf(first?.eventId ?? '')).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
      });

      it('given a quarantined event / when redriven / then it is claimed alone with attempts reset, and releases its order', async () => {
        const [first] = await commitSequence(storage, a, 1, 3);
        await lane.quarantine(await lane.one(({ sequence }) => sequence === 1));
        await redrive(storage, first?.eventId ?? '');
        const claimed = await lane.claim();
        expect(claimed.map(({ sequence, attempts, blocking }) => [sequence, attempts, blocking])).to.deep.equal([
          [1, 0, true],
        ]);
        await lane.acknowledge(claimed);
        expect(await lane.claimed(names)).to.deep.equal(['a#2', 'a#3']);
      });

      it('given a redriven event that fails again / then its order stays held', async () => {
        const [first] = await commitSequence(storage, a, 1, 2);
        await lane.quarantine(await lane.one(({ sequence }) => sequence === 1));
        await redrive(storage, first?.eventId ?? '');
        await lane.quarantine(await lane.one(() => true));
        expect(await lane.claim()).to.deep.equal([]);
        expect(await storage.attemptsOf(first?.eventId ?? '')).to.have.length(14);
      });

      it('given a quarantined event / when acknowledged late / then it stays quarantined and its order held', async () => {
        const [first] = await commitSequence(storage, a, 1, 2);
        const record = await lane.one(({ sequence }) => sequence === 1);
        await lane.quarantine(record);
        await lane.acknowledge([record]);
        expect(await storage.storedEvent(first?.eventId ?? '')).to.include({ status: 'QUARANTINED' });
        expect(await lane.claim()).to.deep.equal([]);
      });
    });

    describe('a relay that lost its lease', () => {
      it('given a newer holder / then the older one claims and settles nothing', async () => {
        const [first] = await commitSequence(storage, a, 1, 2);
        const records = await lane.claim();
        await storage.passTime(3_600_001);
        const newer = await leasedLane(storage, 0, 'another relay');
        const { lease } = lane;
        const [record] = records;
        if (record === undefined) throw new Error('nothing was claimed');

        const lost = { _tag: 'LeaseLost', lease };
        const limit = { records: 10, bytes: 1_000 };
        expect(await left(storage.relayOutbox.claim(lease, 0, limit))).to.deep.equal(lost);
        expect(await left(storage.relayOutbox.acknowledge(lease, 0, [{ record, offset: 7 }]))).to.deep.equal(lost);
        expect(
          await left(storage.relayOutbox.recordFailure(lease, { record, error: 'x' }, { _tag: 'Quarantine' })),
        ).to.deep.equal(lost);

        expect(await storage.storedEvent(first?.eventId ?? '')).to.include({ status: 'PENDING', attempts: 0 });
        expect(await newer.claim()).to.deep.equal(records);
      });
    });
  });
};
