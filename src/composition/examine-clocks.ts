import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { judgeClocks } from '../application/operations/judge-clocks.ts';
import type { ClockOffset } from '../application/operations/judge-clocks.ts';
import type { Examination, Observation } from '../application/ports/examination.ts';
import type { Unreachable } from '../application/ports/start-check.ts';
import { systemClock } from '../infrastructure/clock.ts';
import { mysqlClockOffset } from '../infrastructure/mysql/mysql-clock-offset.ts';
import type { MySqlPool } from '../infrastructure/mysql/mysql-pool.ts';
import { latestPublished } from '../infrastructure/mysql/mysql-published-events.ts';
import type { PublishedEvent } from '../infrastructure/mysql/mysql-published-events.ts';
import { unreachableStorage } from '../infrastructure/mysql/unreachable-storage.ts';

/** When Kafka appended what lies at each place, by its own clock; undefined when that cannot be told any more. */
export type AskAppendTimes = (
  places: readonly { readonly partition: number; readonly offset: number; readonly expectedMs: number }[],
) => TaskEither<Unreachable, readonly (number | undefined)[]>;

/** Each narrows down the offset; a second one helps when the first was held up. */
const EVENTS_LOOKED_AT = 2;

/** An event was appended after it was created and before it was marked, so each says where Kafka's clock must be. */
const offsetOf = (
  events: readonly PublishedEvent[],
  appended: readonly (number | undefined)[],
): ClockOffset | undefined => {
  const offsets = events.flatMap(({ createdMs, publishedMs }, index) => {
    const appendedMs = appended[index];
    return appendedMs === undefined ? [] : [{ atLeastMs: appendedMs - publishedMs, atMostMs: appendedMs - createdMs }];
  });
  return offsets.length === 0
    ? undefined
    : {
        atLeastMs: Math.max(...offsets.map(({ atLeastMs }) => atLeastMs)),
        atMostMs: Math.min(...offsets.map(({ atMostMs }) => atMostMs)),
      };
};

const UNKNOWN: Observation = {
  state: 'ok',
  says: "Kafka's clock cannot be told: no event was published of late that the topic still holds",
};

const kafkaClock = (pool: MySqlPool, ask: AskAppendTimes): TaskEither<Unreachable, Observation> =>
  pipe(
    latestPublished(pool, EVENTS_LOOKED_AT),
    TE.mapLeft(unreachableStorage),
    TE.bindTo('events'),
    TE.bind('appended', ({ events }) =>
      ask(events.map(({ partition, offset, publishedMs: expectedMs }) => ({ partition, offset, expectedMs }))),
    ),
    TE.map(({ events, appended }) => {
      const offset = offsetOf(events, appended);
      return offset === undefined ? UNKNOWN : judgeClocks("Kafka's clock", "MySQL's", offset);
    }),
  );

/** The clocks of this machine, of MySQL and of Kafka, each against another. */
export const examineClocks = (pool: MySqlPool, ask: AskAppendTimes): Examination => ({
  name: 'clocks',
  run: pipe(
    mysqlClockOffset(pool, systemClock),
    TE.mapLeft(unreachableStorage),
    TE.map((offset) => judgeClocks("MySQL's clock", "this machine's", offset)),
    TE.flatMap((mysql) =>
      pipe(
        kafkaClock(pool, ask),
        TE.map((broker): readonly Observation[] => [mysql, broker]),
      ),
    ),
  ),
});
