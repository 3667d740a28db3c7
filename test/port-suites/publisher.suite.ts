import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { expect } from 'chai';
import type { Published, Publisher, PublishFailure } from '../../src/application/ports/publisher.ts';
import type { OutboxRecord } from '../../src/application/ports/relay-outbox.ts';
import { outboxRecord } from '../integration/kafka/outbox-records.ts';

/** `max.message.bytes` of the topic at the start. */
export const TOPIC_BYTES = 65_536;

/** What requests meet from now on. */
export type Weather =
  | 'fair'
  /** The broker gets nothing. */
  | 'dead'
  /** Stored, but no answer comes back. */
  | 'answers lost'
  /** On the way until they are let go, long after their sender gave up. */
  | 'held';

/** A publisher to an empty topic of several lanes, and a broker to which things can happen. */
export interface PublisherUnderTest {
  readonly publisher: Publisher;
  /** Event IDs that a lane's partition holds, by offset. */
  readonly stored: (lane: number) => Promise<readonly string[]>;
  readonly weather: (weather: Weather) => void;
  /** Requests that were held arrive now. */
  readonly letGo: () => Promise<void>;
  /** Changes the topic's `max.message.bytes`. */
  readonly limitTopic: (bytes: number) => Promise<void>;
  /** Runs the task while time goes on. */
  readonly outcome: <E, A>(task: TaskEither<E, A>) => Promise<Either<E, A>>;
  readonly close: () => Promise<void>;
}

const LANE = 3;
const OTHER_LANE = 1;

const offsetOf = (outcome: Either<PublishFailure, Published>): number => {
  if (E.isLeft(outcome)) throw new Error(`not stored: ${outcome.left.reason}`);
  return outcome.right.baseOffset;
};
const failureOf = (outcome: Either<PublishFailure, Published>): PublishFailure => {
  if (E.isRight(outcome)) throw new Error(`stored at offset ${outcome.right.baseOffset}`);
  return outcome.left;
};

/** Event `sequence` with a record of about `bytes`. */
const sized = (publisher: Publisher, sequence: number, bytes: number): OutboxRecord => {
  const empty = publisher.sizeOf(outboxRecord(sequence, { payload: '' }));
  return outboxRecord(sequence, { payload: 'x'.repeat(Math.max(0, bytes - empty)) });
};
const ids = (...sequences: readonly number[]): readonly string[] =>
  sequences.map((sequence) => outboxRecord(sequence).eventId);

/** What the relay relies on in a publisher, run against one adapter. */
export const publisherSuite = (open: () => Promise<PublisherUnderTest>): void => {
  let under: PublisherUnderTest;
  const publish = (lane: number, ...records: readonly OutboxRecord[]): Promise<Either<PublishFailure, Published>> =>
    under.outcome(under.publisher.publish(lane, records));

  beforeEach(async () => {
    under = await open();
  });
  afterEach(async () => {
    await under.close();
  });

  describe('storing', () => {
    it('stores a batch in its order, and tells the offset of the first record', async () => {
      expect(offsetOf(await publish(LANE, outboxRecord(1), outboxRecord(2), outboxRecord(3)))).to.equal(0);
      expect(offsetOf(await publish(LANE, outboxRecord(4)))).to.equal(3);
      expect(await under.stored(LANE)).to.deep.equal(ids(1, 2, 3, 4));
    });

    it('stores it in the lane asked for, and each lane counts for itself', async () => {
      expect(offsetOf(await publish(LANE, outboxRecord(1)))).to.equal(0);
      expect(offsetOf(await publish(OTHER_LANE, outboxRecord(2, { lane: OTHER_LANE })))).to.equal(0);
      expect(await under.stored(LANE)).to.deep.equal(ids(1));
      expect(await under.stored(OTHER_LANE)).to.deep.equal(ids(2));
    });

    it('stores what it is given again once more: duplicates are not its business', async () => {
      await publish(LANE, outboxRecord(1));
      expect(offsetOf(await publish(LANE, outboxRecord(1)))).to.equal(1);
      expect(await under.stored(LANE)).to.deep.equal(ids(1, 1));
    });
  });

  describe('what the broker refuses', () => {
    it('is the event’s own when it is too large, and nothing is stored', async () => {
      const large = sized(under.publisher, 1, TOPIC_BYTES + 1_000);
      expect(failureOf(await publish(LANE, large))).to.include({ kind: 'event', reason: 'MESSAGE_TOO_LARGE' });
      expect(offsetOf(await publish(LANE, outboxRecord(2)))).to.equal(0);
      expect(await under.stored(LANE)).to.deep.equal(ids(2));
    });

    it('is a whole batch, even when a single record of it is at fault', async () => {
      const large = sized(under.publisher, 2, TOPIC_BYTES + 1_000);
      expect(failureOf(await publish(LANE, outboxRecord(1), large, outboxRecord(3))).kind).to.equal('event');
      expect(await under.stored(LANE)).to.deep.equal([]);
    });

    it('is a batch that is too large as a whole, though none of its records is', async () => {
      const halves = [1, 2].map((sequence) => sized(under.publisher, sequence, TOPIC_BYTES * 0.6));
      expect(failureOf(await publish(LANE, ...halves)).kind).to.equal('event');
      expect(await under.stored(LANE)).to.deep.equal([]);
    });
  });

  describe('limits', () => {
    it('are half of what the topic takes, as they were last read', async () => {
      await under.outcome(under.publisher.refreshLimits());
      expect(under.publisher.maxBatchBytes()).to.equal(TOPIC_BYTES / 2);
      await under.limitTopic(2 * TOPIC_BYTES);
      expect(under.publisher.maxBatchBytes(), 'not read yet').to.equal(TOPIC_BYTES / 2);
      expect(E.isRight(await under.outcome(under.publisher.refreshLimits()))).to.equal(true);
      expect(under.publisher.maxBatchBytes()).to.equal(TOPIC_BYTES);
    });

    it('let a batch that is filled up to them pass', async () => {
      await under.outcome(under.publisher.refreshLimits());
      const quarter = under.publisher.maxBatchBytes() / 4;
      const batch = [1, 2, 3, 4].map((sequence) => sized(under.publisher, sequence, quarter));
      expect(offsetOf(await publish(LANE, ...batch))).to.equal(0);
    });
  });

  describe('outages', () => {
    it('of a broker that gets nothing: an outage, nothing stored, and all is well after it', async () => {
      under.weather('dead');
      expect(failureOf(await publish(LANE, outboxRecord(1))).kind).to.equal('outage');
      under.weather('fair');
      expect(offsetOf(await publish(LANE, outboxRecord(1)))).to.equal(0);
      expect(await under.stored(LANE)).to.deep.equal(ids(1));
    });

    it('of the way back: an outage although all is stored; sent again it is stored twice, in order', async () => {
      under.weather('answers lost');
      const failure = failureOf(await publish(LANE, outboxRecord(1), outboxRecord(2)));
      expect(failure).to.include({ kind: 'outage', reason: 'request timed out' });
      under.weather('fair');
      expect(offsetOf(await publish(LANE, outboxRecord(1), outboxRecord(2)))).to.equal(2);
      expect(await under.stored(LANE)).to.deep.equal(ids(1, 2, 1, 2));
    });

    it('of the way there: a request that arrives late is stored behind newer ones, as a whole', async () => {
      under.weather('held');
      expect(failureOf(await publish(LANE, outboxRecord(1), outboxRecord(2))).kind).to.equal('outage');
      under.weather('fair');
      expect(offsetOf(await publish(LANE, outboxRecord(1), outboxRecord(2), outboxRecord(3)))).to.equal(0);
      await under.letGo();
      expect(await under.stored(LANE)).to.deep.equal(ids(1, 2, 3, 1, 2));
    });
  });
};
