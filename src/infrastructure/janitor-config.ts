import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import * as is from './settings.ts';

export interface JanitorConfig {
  /** Events published longer ago are removed. */
  readonly outboxRetentionMs: number;
  /** Pause between two runs. */
  readonly everyMs: number;
}

const WEEK_MS = 604_800_000;
const TEN_MINUTES_MS = 600_000;
/** As `SHORTEST_RETENTION_MS`, for its reasons. */
const SHORTEST_RETENTION = '1h';
/** Where NODE_ENV is test, since no test can wait for an hour. */
const SHORTEST_RETENTION_OF_TESTS = '1s';

const Variables = (shortest: string) =>
  t.type({
    OUTBOX_RETENTION: is.withDefault(is.duration(shortest, '3650d'), WEEK_MS),
    JANITOR_EVERY: is.withDefault(is.duration('1s', '1d'), TEN_MINUTES_MS),
  });

/** Settings of a janitor. */
export const janitorFrom = (env: Readonly<Record<string, string | undefined>>): Either<t.Errors, JanitorConfig> => {
  const shortest = env['NODE_ENV'] === 'test' ? SHORTEST_RETENTION_OF_TESTS : SHORTEST_RETENTION;
  return E.map(({ OUTBOX_RETENTION, JANITOR_EVERY }: t.TypeOf<ReturnType<typeof Variables>>) => ({
    outboxRetentionMs: OUTBOX_RETENTION,
    everyMs: JANITOR_EVERY,
  }))(Variables(shortest).decode(env));
};
