import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type mysql from 'mysql2/promise';
import { countOf, rowsOf } from './direct-sql.ts';
import { waitUntil } from './wait-until.ts';

const APPLIED_S = 15;
const IDLE_MS = 10_000;

/** What a source tells of its commits, since it started. */
export interface SemiSync {
  /** Commits wait for a replica. False when they never did, and when it gave up waiting. */
  readonly isOn: boolean;
  /** Commits that a replica had when they were acknowledged. */
  readonly acknowledged: number;
  /** Commits that were acknowledged although no replica had them. */
  readonly alone: number;
  /** Sessions that wait for a replica now. */
  readonly waiting: number;
}

const firstOf = async <A>(connection: mysql.Connection, row: t.Type<A, unknown>, sql: string): Promise<A> => {
  const decoded = t.tuple([row]).decode(await rowsOf(connection, sql));
  if (E.isLeft(decoded)) throw new Error(`no such row came from: ${sql}`);
  return decoded.right[0];
};

const Status = t.array(t.type({ Variable_name: t.string, Value: t.string }));

export const semiSyncOf = async (source: mysql.Connection): Promise<SemiSync> => {
  const status = Status.decode(await rowsOf(source, "SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_source_%'"));
  if (E.isLeft(status)) throw new Error('the status of replication has another shape');
  const valueOf = (name: string): string | undefined =>
    status.right.find((row) => row.Variable_name === `Rpl_semi_sync_source_${name}`)?.Value;
  return {
    isOn: valueOf('status') === 'ON',
    acknowledged: Number(valueOf('yes_tx')),
    alone: Number(valueOf('no_tx')),
    waiting: Number(valueOf('wait_sessions')),
  };
};

/** Bytes written to the present binary log, acknowledged or not. */
export const binlogPositionOf = async (source: mysql.Connection): Promise<number> =>
  (await firstOf(source, t.type({ Position: t.number }), 'SHOW BINARY LOG STATUS')).Position;

/** Transactions in a set such as `uuid:1-5:9,uuid:3`. */
export const transactionsIn = (gtids: string): number =>
  [...gtids.matchAll(/:(\d+)(?:-(\d+))?/g)].reduce(
    (sum, [, first, last]) => sum + Number(last ?? first) - Number(first) + 1,
    0,
  );

const executedBy = async (server: mysql.Connection): Promise<string> =>
  (await firstOf(server, t.type({ gtids: t.string }), 'SELECT @@GLOBAL.gtid_executed AS gtids')).gtids.replaceAll(
    /\s/g,
    '',
  );

/** Transactions that `server` has and `other` has not. */
export const transactionsBeyond = async (server: mysql.Connection, other: mysql.Connection): Promise<number> => {
  const sql = `SELECT GTID_SUBTRACT(@@GLOBAL.gtid_executed, '${await executedBy(other)}') AS gtids`;
  return transactionsIn((await firstOf(server, t.type({ gtids: t.string }), sql)).gtids);
};

const Threads = t.array(t.type({ id: t.number }));

/** Of the thread that hands out what was received, once nothing is left to hand out. */
const IDLE_APPLIER = `
  SELECT id FROM information_schema.processlist
  WHERE user = 'system user' AND state = 'Replica has read all relay log; waiting for more updates'`;

/**
 * Ends the applying of a replica that has applied every whole transaction it received. When the source died in the middle of
 * one, STOP REPLICA alone would wait a minute for its rest; KILL rolls it back, as it was never acknowledged.
 */
const endApplying = async (replica: mysql.Connection): Promise<void> => {
  await waitUntil('the end of applying', IDLE_MS, async () => {
    const idle = Threads.decode(await rowsOf(replica, IDLE_APPLIER));
    if (E.isLeft(idle) || idle.right.length === 0) return false;
    for (const { id } of idle.right) await rowsOf(replica, `KILL ${id}`);
    return true;
  });
  await rowsOf(replica, 'STOP REPLICA');
};

/**
 * Makes a replica the source: what it has received of the old one is applied to the last transaction, then it follows nobody
 * and takes writes. The old source must be gone for good by then. It waits for no replica of its own, as it has none.
 */
export const promote = async (replica: mysql.Connection): Promise<void> => {
  await rowsOf(replica, 'STOP REPLICA IO_THREAD');
  const received = await firstOf(replica, t.type({ Retrieved_Gtid_Set: t.string }), 'SHOW REPLICA STATUS');
  const set = received.Retrieved_Gtid_Set.replaceAll(/\s/g, '');
  const late = await countOf(replica, `SELECT WAIT_FOR_EXECUTED_GTID_SET('${set}', ${APPLIED_S}) AS n`);
  if (late !== 0) throw new Error(`the replica did not apply what it had received within ${APPLIED_S} s`);
  await endApplying(replica);
  await rowsOf(replica, 'RESET REPLICA ALL');
  await rowsOf(replica, 'SET GLOBAL offline_mode = OFF');
  // Leaves super_read_only as well.
  await rowsOf(replica, 'SET GLOBAL read_only = OFF');
};

/** Whether a server that was replaced takes neither writes nor, but for those who administer it, clients. */
export const isFenced = async (server: mysql.Connection): Promise<boolean> => {
  const closed = 'SELECT @@GLOBAL.super_read_only + @@GLOBAL.offline_mode AS n';
  if ((await countOf(server, closed)) !== 2) return false;
  return rowsOf(server, 'CREATE DATABASE written_behind_the_fence').then(
    () => false,
    (cause: unknown) => cause instanceof Error && 'code' in cause && cause.code === 'ER_OPTION_PREVENTS_STATEMENT',
  );
};
