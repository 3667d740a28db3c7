import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { InMemoryPublisher } from '../../src/infrastructure/in-memory/in-memory-publisher.ts';
import type { Fate } from '../../src/infrastructure/in-memory/in-memory-publisher.ts';
import { VirtualClock } from '../../src/infrastructure/in-memory/virtual-clock.ts';
import { publisherSuite, TOPIC_BYTES } from './publisher.suite.ts';
import type { PublisherUnderTest, Weather } from './publisher.suite.ts';

const LATE_MS = 60_000;

const FATES: Readonly<Record<Weather, Fate>> = {
  fair: { _tag: 'Stored' },
  dead: { _tag: 'Refused', kind: 'outage', reason: 'connection refused' },
  'answers lost': { _tag: 'AnswerLost' },
  held: { _tag: 'StoredLate', afterMs: LATE_MS },
};

const openInMemory = (): Promise<PublisherUnderTest> => {
  const clock = new VirtualClock();
  let fate = FATES.fair;
  const publisher = new InMemoryPublisher({ clock, maxMessageBytes: TOPIC_BYTES, fate: () => fate });
  const outcome = async <E, A>(task: TaskEither<E, A>): Promise<Either<E, A>> => {
    let isDone = false;
    const running = task().finally(() => {
      isDone = true;
    });
    await clock.runUntil(() => isDone, LATE_MS);
    return running;
  };
  return Promise.resolve({
    publisher,
    stored: (lane) => Promise.resolve(publisher.log(lane).map(({ eventId }) => eventId)),
    weather: (weather) => {
      fate = FATES[weather];
    },
    letGo: () => clock.advance(LATE_MS),
    limitTopic: (bytes) => {
      publisher.maxMessageBytes = bytes;
      return Promise.resolve();
    },
    outcome,
    close: () => Promise.resolve(),
  });
};

describe('in-memory publisher', () => {
  publisherSuite(openInMemory);
});
