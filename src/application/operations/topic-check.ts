import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { describeCause } from '../describe-cause.ts';
import type { Finding, StartCheck, Unreachable } from '../ports/start-check.ts';
import type { StorageUnavailable } from '../ports/storage-error.ts';
import type { TopicPartitionsChanged, TopicPins } from '../ports/topic-pins.ts';

export interface TopicCheckOptions {
  readonly topic: string;
  /** The count the lanes are computed with. */
  readonly partitions: number;
  /** Looks at the topic itself, on the broker. */
  readonly askBroker: TaskEither<Unreachable, readonly Finding[]>;
  readonly pins: TopicPins;
  /**
   * True where events are only appended: once the topic is pinned, a broker that cannot be reached is no reason to
   * refuse orders; the outbox waits for it. False where events are published.
   */
  readonly brokerMayBeDown: boolean;
  /** False where nothing may be changed: a topic without a pin is left without. */
  readonly mayPin: boolean;
}

const RECHECK_MS = 10_000;

const pinDiffers = (topic: string, pinned: number, configured: number): Finding => ({
  problem: `ORDER_PARTITIONS is ${configured}, but the outbox was filled for ${pinned} partitions of ${topic}: events of one order could pass each other`,
  mend: `set ORDER_PARTITIONS to ${pinned}, the number the topic must keep`,
});

const unreachable = ({ action, cause }: StorageUnavailable): Unreachable => ({
  _tag: 'Unreachable',
  reason: `MySQL cannot ${action}: ${describeCause(cause)}`,
  cause,
});

const settled = (error: StorageUnavailable | TopicPartitionsChanged): TaskEither<Unreachable, readonly Finding[]> =>
  error._tag === 'StorageUnavailable'
    ? TE.left(unreachable(error))
    : TE.right([pinDiffers(error.topic, error.pinned, error.found)]);

/**
 * The topic is as the guarantees need it, and has the number of partitions that the lanes of all stored events were
 * computed with. That number is pinned when a topic without faults is seen for the first time.
 */
export const topicCheck = (options: TopicCheckOptions): StartCheck => {
  const { topic, partitions, pins } = options;
  const none: readonly Finding[] = [];

  const compareWithPin = (whenUnpinned: TaskEither<Unreachable, readonly Finding[]>) =>
    pipe(
      pins.find(topic),
      TE.mapLeft(unreachable),
      TE.flatMap((pinned) => {
        if (pinned === undefined) return whenUnpinned;
        return TE.right(pinned === partitions ? none : [pinDiffers(topic, pinned, partitions)]);
      }),
    );

  const pin = (): TaskEither<Unreachable, readonly Finding[]> =>
    pipe(
      pins.pin(topic, partitions),
      TE.map(() => none),
      TE.orElse(settled),
    );

  const pinUnlessWrong = (findings: readonly Finding[]): TaskEither<Unreachable, readonly Finding[]> =>
    findings.some(({ isWarning }) => isWarning !== true)
      ? TE.right(findings)
      : pipe(
          options.mayPin ? pin() : compareWithPin(TE.right(none)),
          TE.map((aboutPin) => [...findings, ...aboutPin]),
        );

  return {
    name: 'topic',
    recheckMs: RECHECK_MS,
    run: pipe(
      options.askBroker,
      TE.flatMap(pinUnlessWrong),
      TE.orElse((brokerDown) => (options.brokerMayBeDown ? compareWithPin(TE.left(brokerDown)) : TE.left(brokerDown))),
    ),
  };
};
