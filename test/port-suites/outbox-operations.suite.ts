import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import type { RedriveRefused, Replacement, Skip, SkipRefused } from '../../src/application/ports/outbox-operations.ts';
import type { OutboxEvent } from '../../src/application/ports/outbox.ts';
import type { OutboxRecord } from '../../src/application/ports/relay-outbox.ts';
import type { UnitOfWorkError } from '../../src/application/ports/unit-of-work.ts';
import { anEvent, commitEvents, commitSequence, keyInLane } from './events-for-tests.ts';
import { leasedLane } from './relay-for-tests.ts';
import type { LaneForTests } from './relay-for-tests.ts';
import { left, right } from './storage-under-test.ts';
import type { OpenStorage, StorageUnderTest } from './storage-under-test.ts';

const options = { action: 'operate', rerunAfterUnknownCommit: false };
const ROUNDS = 10;

const aReplacement = (): Replacement => ({
  eventId: randomUUID(),
  type: 'SomethingSkipped',
  version: 3,
  payload: '{"skipped":"é 🚚"}',
  headers: { traceparent: 'of the operator' },
});

export const outboxOperationsSuite = (open: OpenStorage): void => {
  describe('outbox operations', () => {
    let storage: StorageUnderTest;
    let lane: LaneForTests;
    let a: string;
    beforeEach(async () => {
      storage = await open();
      lane = await leasedLane(storage);
      a = keyInLane(0);
    });
    afterEach(() => storage.close());

    const redrive = (eventId: string): TaskEither<UnitOfWorkError | RedriveRefused, void> =>
      storage.unitOfWork.run(options, (tx) => storage.operations.redrive(tx, eventId));
    const skip = (
      eventId: string,
      change: Partial<Skip> = {},
    ): TaskEither<UnitOfWorkError | SkipRefused, Replacement> =>
      storage.unitOfWork.run(options, (tx) =>
        storage.operations.skip(tx, {
          eventId,
          skippedBy: 'someone',
          reason: 'too large – 🚚',
          replacementOf: aReplacement,
          ...change,
        }),
      );
    const statusOf = async (eventId: string): Promise<string | undefined> =>
      (await storage.storedEvent(eventId))?.status;

    /** Events 1 to `count` of an order, the first quarantined and the others held behind it. */
    const quarantinedOrder = async (count: number, key = a): Promise<{ head: OutboxEvent; record: OutboxRecord }> => {
      const [head] = await commitSequence(storage, key, 1, count);
      if (head === undefined) throw new Error('no event');
      const record = await lane.one(({ eventId }) => eventId === head.eventId);
      await lane.quarantine(record);
      expect(await statusOf(head.eventId)).to.equal('QUARANTINED');
      return { head, record };
    };

    const refusals = (act: (eventId: string) => TaskEither<{ readonly _tag: string }, unknown>): void => {
      it('given an unknown event / then EventNotFound', async () => {
        for (const eventId of [randomUUID(), 'é', ''])
          expect(await left(act(eventId))).to.deep.equal({ _tag: 'EventNotFound', eventId });
      });

      it('given an event that is pending, retrying or published / then EventNotQuarantined, and nothing is changed', async () => {
        const [pending, retrying, published] = [anEvent(a, 1), anEvent(keyInLane(0), 1), anEvent(keyInLane(0), 1)];
        await commitEvents(storage, [pending, retrying, published]);
        await lane.fail(await lane.one(({ eventId }) => eventId === retrying.eventId));
        await lane.acknowledge([await lane.one(({ eventId }) => eventId === published.eventId)]);
        for (const [{ eventId }, status] of [
          [pending, 'PENDING'],
          [retrying, 'PENDING'],
          [published, 'COMPLETED'],
        ] as const) {
          expect(await left(act(eventId))).to.deep.equal({ _tag: 'EventNotQuarantined', eventId, status });
          expect(await statusOf(eventId)).to.equal(status);
        }
      });

      it('given a skipped event / then EventAlreadySkipped, naming what took its place', async () => {
        const { head } = await quarantinedOrder(1);
        const { eventId: replacementEventId } = await right(skip(head.eventId));
        expect(await left(act(head.eventId))).to.deep.equal({
          _tag: 'EventAlreadySkipped',
          eventId: head.eventId,
          replacementEventId,
        });
      });
    };

    describe('redrive', () => {
      refusals((eventId) => redrive(eventId));

      it('given a quarantined head / then PENDING with seven attempts to spend, and its successors follow it in order', async () => {
        const { head } = await quarantinedOrder(3);
        await right(redrive(head.eventId));
        expect(await storage.storedEvent(head.eventId)).to.include({ status: 'PENDING', attempts: 0 });
        const claimed = await lane.claim();
        expect(claimed.map(({ sequence, blocking }) => [sequence, blocking])).to.deep.equal([[1, true]]);
        await lane.acknowledge(claimed);
        expect((await lane.claim()).map(({ sequence }) => sequence)).to.deep.equal([2, 3]);
      });
    });

    describe('skip', () => {
      refusals((eventId) => skip(eventId));

      it('given a quarantined head / then its replacement has its key, sequence and lane, and is claimed alone, as new', async () => {
        const { head } = await quarantinedOrder(3);
        const replacement = await right(skip(head.eventId));
        expect(await storage.storedEvent(replacement.eventId)).to.deep.equal({
          status: 'PENDING',
          attempts: 0,
          held: false,
          offset: null,
        });
        const claimed = await lane.claim();
        expect(claimed).to.have.lengthOf(1);
        expect(claimed[0]).to.deep.include({
          ...replacement,
          orderKey: a,
          sequence: 1,
          lane: 0,
          attempts: 0,
          blocking: true,
        });
        expect(claimed[0]?.occurredAt).to.match(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
      });

      it('when the replacement is acknowledged / then the successors follow in order; before, none of them does', async () => {
        const { head } = await quarantinedOrder(3);
        await right(skip(head.eventId));
        await lane.acknowledge(await lane.claim());
        expect((await lane.claim()).map(({ sequence }) => sequence)).to.deep.equal([2, 3]);
        await lane.acknowledge(await lane.claim());
        expect(await lane.claim()).to.deep.equal([]);
      });

      it('then the skipped event is kept with its bytes, its attempts, who, why and its replacement', async () => {
        const { head } = await quarantinedOrder(1);
        const replacement = await right(skip(head.eventId));
        expect(await storage.storedEvent(head.eventId)).to.equal(undefined);
        expect(await storage.skippedEvent(head.eventId)).to.deep.equal({
          orderKey: a,
          sequence: 1,
          type: head.type,
          payload: head.payload,
          attempts: 7,
          skippedBy: 'someone',
          reason: 'too large – 🚚',
          replacementEventId: replacement.eventId,
        });
        expect(await storage.attemptsOf(head.eventId)).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
        expect(await storage.attemptsOf(replacement.eventId)).to.deep.equal([]);
      });

      it('given a successor that commits after the skip / then it goes behind the replacement too', async () => {
        const { head } = await quarantinedOrder(1);
        await right(skip(head.eventId));
        await commitSequence(storage, a, 2, 2);
        expect((await lane.claim()).map(({ sequence }) => sequence)).to.deep.equal([1]);
        await lane.acknowledge(await lane.claim());
        expect((await lane.claim()).map(({ sequence }) => sequence)).to.deep.equal([2]);
      });

      it('given a quarantined event behind one that retries / then EventNotHead, naming the one that must go first', async () => {
        const [first, second] = await commitSequence(storage, a, 1, 2);
        const records = await lane.claim();
        for (const record of records) {
          for (let attempts = 0; attempts < 6; attempts += 1)
            if (record.sequence === 2) await lane.fail({ ...record, attempts });
          if (record.sequence === 2) await lane.fail({ ...record, attempts: 6 }, { _tag: 'Quarantine' });
        }
        const [head] = records;
        if (head === undefined) throw new Error('nothing was claimed');
        await lane.fail(head);
        expect(await left(skip(second?.eventId ?? ''))).to.deep.equal({
          _tag: 'EventNotHead',
          eventId: second?.eventId,
          headEventId: first?.eventId,
        });
        expect(await statusOf(second?.eventId ?? '')).to.equal('QUARANTINED');
      });

      it('given a replacement that is quarantined too / then it can be redriven, but not skipped', async () => {
        const { head } = await quarantinedOrder(1);
        const { eventId } = await right(skip(head.eventId));
        await lane.quarantine(await lane.one((record) => record.eventId === eventId));
        expect(await left(skip(eventId))).to.deep.equal({
          _tag: 'EventIsReplacement',
          eventId,
          skippedEventId: head.eventId,
        });
        await right(redrive(eventId));
        expect(await statusOf(eventId)).to.equal('PENDING');
      });

      it('given the unit fails after it / then nothing was skipped', async () => {
        const { head } = await quarantinedOrder(2);
        const failing = storage.unitOfWork.run(options, (tx) => async () => {
          await right(
            storage.operations.skip(tx, {
              eventId: head.eventId,
              skippedBy: 'someone',
              reason: 'why',
              replacementOf: aReplacement,
            }),
          );
          return E.left('stop' as const);
        });
        expect(await left(failing)).to.equal('stop');
        expect(await statusOf(head.eventId)).to.equal('QUARANTINED');
        expect(await storage.skippedEvent(head.eventId)).to.equal(undefined);
      });

      it('given what a relay still has to write about the skipped event / then its replacement is not touched by it', async () => {
        const { head, record } = await quarantinedOrder(1);
        const { eventId } = await right(skip(head.eventId));
        await lane.acknowledge([record]);
        await lane.fail({ ...record, attempts: 0 });
        expect(await storage.storedEvent(eventId)).to.include({ status: 'PENDING', attempts: 0, offset: null });
        expect(await storage.attemptsOf(eventId)).to.deep.equal([]);
      });
    });

    describe('at once', () => {
      const isRight = (outcome: Either<unknown, unknown>): boolean => E.isRight(outcome);

      it('given several skips of one event / then exactly one is done', async () => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const { head } = await quarantinedOrder(2, keyInLane(0));
          const outcomes = await Promise.all(Array.from({ length: 4 }, () => skip(head.eventId)()));
          expect(outcomes.filter(isRight)).to.have.lengthOf(1);
          for (const outcome of outcomes.filter(E.isLeft)) expect(outcome.left._tag).to.equal('EventAlreadySkipped');
          await lane.acknowledge(await lane.claim());
          expect((await lane.claim()).map(({ sequence }) => sequence)).to.deep.equal([2]);
          await lane.acknowledge(await lane.claim());
        }
      });

      it('given a skip and a redrive of one event / then exactly one is done, and the order goes on behind it', async () => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const { head } = await quarantinedOrder(2, keyInLane(0));
          const [skipped, redriven] = await Promise.all([skip(head.eventId)(), redrive(head.eventId)()]);
          expect([skipped, redriven].filter(isRight)).to.have.lengthOf(1);
          expect((await storage.storedEvent(head.eventId)) === undefined).to.equal(isRight(skipped));
          await lane.acknowledge(await lane.claim());
          expect((await lane.claim()).map(({ sequence }) => sequence)).to.deep.equal([2]);
          await lane.acknowledge(await lane.claim());
        }
      });

      it('given a skip while a relay spends the last attempt / then it comes before, and is refused, or after, and is done', async () => {
        for (let round = 0; round < ROUNDS; round += 1) {
          const event = anEvent(keyInLane(0), 1);
          await commitEvents(storage, [event]);
          const record = await lane.one(({ eventId }) => eventId === event.eventId);
          for (let attempts = 0; attempts < 6; attempts += 1) await lane.fail({ ...record, attempts });
          const [, skipped] = await Promise.all([
            lane.fail({ ...record, attempts: 6 }, { _tag: 'Quarantine' }),
            skip(event.eventId)(),
          ]);
          if (E.isRight(skipped)) {
            expect(await storage.storedEvent(skipped.right.eventId)).to.include({ status: 'PENDING', attempts: 0 });
            await lane.acknowledge(await lane.claim());
          } else {
            expect(skipped.left).to.include({ _tag: 'EventNotQuarantined', status: 'PENDING' });
            expect(await statusOf(event.eventId)).to.equal('QUARANTINED');
          }
          expect(await storage.attemptsOf(event.eventId)).to.have.lengthOf(7);
        }
      });
    });
  });
};
