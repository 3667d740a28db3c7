import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql from 'mysql2/promise';
import { benchEvent } from '../events/bench-event.ts';
import { INSERT_ROWS, outboxRow } from '../events/outbox-row.ts';
import { heardGo, numberSetting, say, setting, untilStopped } from './parent.ts';

/*
 * Commits events at a steady rate, each by a transaction of its own and each at its due time whether or not earlier ones
 * are done (an open loop), and writes down when each was due and when its COMMIT was answered. Events of one order
 * follow each other: a later one waits for the earlier one's COMMIT, as it would in a shop.
 */

const CONNECTIONS = 16;

const rate = numberSetting('BENCH_RATE');
const from = numberSetting('BENCH_FROM');
const count = numberSetting('BENCH_EVENTS');
const pool = mysql.createPool({ uri: setting('MYSQL_URL'), connectionLimit: CONNECTIONS });
const warmed = await Promise.all(Array.from({ length: CONNECTIONS }, () => pool.getConnection()));
for (const connection of warmed) connection.release();

const now = (): number => performance.timeOrigin + performance.now();
const lines: string[] = [];
const lastOf = new Map<string, Promise<void>>();
const commit = async (index: number, dueAt: number): Promise<void> => {
  const event = benchEvent(from + index);
  const earlier = lastOf.get(event.orderKey);
  const committed = (async () => {
    await earlier;
    await pool.query(INSERT_ROWS, [[outboxRow(event)]]);
    lines.push(JSON.stringify({ eventId: event.eventId, dueAt, committedAt: now() }));
  })();
  lastOf.set(event.orderKey, committed);
  await committed;
};

const stopped = untilStopped();
say('ready');
await heardGo();
const startedAt = now();
const commits: Promise<void>[] = [];
for (let index = 0; index < count;) {
  const due = Math.min(count, Math.floor(((now() - startedAt) * rate) / 1_000) + 1);
  for (; index < due; index += 1) commits.push(commit(index, startedAt + (index * 1_000) / rate));
  await sleep(1);
}
await Promise.all(commits);
const file = createWriteStream(setting('BENCH_COMMITS'));
file.end(lines.map((line) => `${line}\n`).join(''));
await once(file, 'finish');
say('done');
await stopped;
await pool.end();
process.disconnect();
