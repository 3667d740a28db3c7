import { expect } from 'chai';
import { anEvent, commitEvents, keyInLane } from './events-for-tests.ts';
import { leasedLane } from './relay-for-tests.ts';
import { MAX_EVENT_BYTES, left, right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

const options = { action: 'test', rerunAfterUnknownCommit: false };

export const outboxAppendSuite = (open: OpenStorage): void => {
  describe('outbox append', () => {
    let storage: StorageUnderTest;
    beforeEach(async () => {
      storage = await open();
    });
    afterEach(() => storage.close());

    it('given an event with any text / when appended / then the relay reads it back unchanged, byte for byte', async () => {
      const event = anEvent(keyInLane(0), 1, {
        type: 'OrderPlaced',
        version: 3,
        occurredAt: '2026-12-31T23:59:59.999Z',
        payload: `{"a":"Zoë 🚚 \\\\ \\"'\` %?:x \\u0000 \u2028","b": 1.50 }\n`,
        headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', note: 'ä"\\' },
      });
      await commitEvents(storage, [event]);
      const lane = await leasedLane(storage);
      const [record] = await lane.claim();
      expect(record).to.deep.include(event);
      expect(record).to.include({ lane: 0, attempts: 0, blocking: false });
    });

    it('given several events in one append / then they keep their order', async () => {
      const key = keyInLane(0);
      await commitEvents(storage, [anEvent(key, 1), anEvent(key, 2), anEvent(key, 3)]);
      expect(await (await leasedLane(storage)).claimed({ [key]: 'a' })).to.deep.equal(['a#1', 'a#2', 'a#3']);
    });

    it('given no events / when appended / then nothing happens', async () => {
      await commitEvents(storage, []);
      expect(await (await leasedLane(storage)).claim()).to.deep.equal([]);
    });

    it('given an event of exactly the limit / then it is taken; one byte more / then EventTooLarge', async () => {
      const payload = (bytes: number): string => `"${'é'.repeat((bytes - 2) / 2)}"`;
      const headersBytes = 2;
      const largest = anEvent(keyInLane(0), 1, { payload: payload(MAX_EVENT_BYTES - headersBytes) });
      await commitEvents(storage, [largest]);
      expect(await storage.storedEvent(largest.eventId)).to.include({ status: 'PENDING' });

      const small = anEvent(keyInLane(0), 1);
      const tooLarge = anEvent(keyInLane(0), 1, { payload: `${largest.payload} ` });
      const error = await left(storage.unitOfWork.run(options, (tx) => storage.outbox.append(tx, [small, tooLarge])));
      expect(error).to.deep.equal({
        _tag: 'EventTooLarge',
        eventId: tooLarge.eventId,
        type: tooLarge.type,
        bytes: MAX_EVENT_BYTES + 1,
        maxBytes: MAX_EVENT_BYTES,
      });
      expect(await storage.storedEvent(small.eventId)).to.equal(undefined);
    });

    it('given a number of an order that is taken / when appended again / then it is refused', async () => {
      const key = keyInLane(0);
      await commitEvents(storage, [anEvent(key, 1)]);
      const second = anEvent(key, 1);
      await left(storage.unitOfWork.run(options, (tx) => storage.outbox.append(tx, [second])));
      expect(await storage.storedEvent(second.eventId)).to.equal(undefined);
    });

    it('given events of several keys / then each is in the lane of its key, and lanes with work are found', async () => {
      await commitEvents(storage, [anEvent(keyInLane(4), 1), anEvent(keyInLane(1), 1)]);
      expect(await right(storage.relayOutbox.lanesWithWork())).to.deep.equal([1, 4]);
    });
  });
};
