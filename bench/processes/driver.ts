import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchEvent } from '../events/bench-event.ts';
import { openApiBell } from './api-bell.ts';
import { preciseNow, type Committer } from './committer.ts';
import { heardGo, numberSetting, say, setting, untilStopped } from './parent.ts';
import { openRemoteCommitter } from './remote-committer.ts';
import { openSqlCommitter } from './sql-committer.ts';

/*
 * Commits events at a steady rate, each by a transaction of its own and each at its due time whether or not earlier ones
 * are done (an open loop), and writes down when each was due and when its COMMIT was answered. Events of one order
 * follow each other: a later one waits for the earlier one's COMMIT, as it would in a shop.
 */

const rate = numberSetting('BENCH_RATE');
const from = numberSetting('BENCH_FROM');
const count = numberSetting('BENCH_EVENTS');

const openCommitter = async (): Promise<Committer> => {
  if (process.env['BENCH_COMMIT_PORT'] !== undefined) return openRemoteCommitter(numberSetting('BENCH_COMMIT_PORT'));
  if (numberSetting('BENCH_RINGS') === 0) return openSqlCommitter(setting('MYSQL_URL'), () => undefined);
  const bell = openApiBell();
  const committer = await openSqlCommitter(setting('MYSQL_URL'), bell.ring);
  const close = async (): Promise<void> => {
    await committer.close();
    await bell.close();
  };
  return { ...committer, close };
};

const committer = await openCommitter();
const lines: string[] = [];
const lastOf = new Map<string, Promise<void>>();
const commit = async (index: number, dueAt: number): Promise<void> => {
  const { eventId, orderKey } = benchEvent(from + index);
  const earlier = lastOf.get(orderKey);
  const committed = (async () => {
    await earlier;
    const committedAt = await committer.commit(from + index);
    lines.push(JSON.stringify({ eventId, dueAt, committedAt }));
  })();
  lastOf.set(orderKey, committed);
  await committed;
};

const stopped = untilStopped();
say('ready');
await heardGo();
const startedAt = preciseNow();
const commits: Promise<void>[] = [];
for (let index = 0; index < count;) {
  const due = Math.min(count, Math.floor(((preciseNow() - startedAt) * rate) / 1_000) + 1);
  for (; index < due; index += 1) commits.push(commit(index, startedAt + (index * 1_000) / rate));
  await sleep(1);
}
await Promise.all(commits);
const file = createWriteStream(setting('BENCH_COMMITS'));
file.end(lines.map((line) => `${line}\n`).join(''));
await once(file, 'finish');
say('done');
await stopped;
await committer.close();
process.disconnect();
