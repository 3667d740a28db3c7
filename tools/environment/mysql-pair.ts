import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import mysql from 'mysql2/promise';
import type { NativeServer } from './native-server.ts';
import type { Replication, ServerLayout } from './server-layout.ts';
import { type ServerName, untilAnswering } from './server-process.ts';

/** The longest that MySQL allows, 49 days: a commit waits for its replica, it never goes on without. */
const FOREVER_MS = 4_294_967_295;
const FOLLOWING_MS = 30_000;

/**
 * Settings of either server, so that the replica can take the source's place. Both are born fenced: read-only, also for
 * those who may do everything, and closed to clients without the right to administer. A source is made by hand, so one that
 * comes back after it was replaced stays fenced, with whatever it had written and never acknowledged.
 */
const pairSettings = (serverId: number, replication: Replication): readonly string[] => [
  `server_id=${serverId}`,
  'gtid_mode=ON',
  'enforce_gtid_consistency=ON',
  'super_read_only=ON',
  'offline_mode=ON',
  'skip_replica_start=ON',
  'relay_log=relay',
  'relay_log_recovery=ON',
  'plugin_load_add=semisync_source.so',
  'plugin_load_add=semisync_replica.so',
  // Before anybody can see it: what is published from the outbox is at both.
  'rpl_semi_sync_source_wait_point=AFTER_SYNC',
  `rpl_semi_sync_source_timeout=${FOREVER_MS}`,
  'rpl_semi_sync_source_wait_no_replica=ON',
  `rpl_semi_sync_replica_enabled=${replication === 'semi-synchronous' ? 'ON' : 'OFF'}`,
];

/** One of the two, as the caller starts it. */
interface PairMember {
  /** `mysql://user:password@host:port`, a user who may do everything. */
  readonly url: string;
  readonly process: NativeServer;
}

const withConnection = async <A>(url: string, act: (connection: mysql.Connection) => Promise<A>): Promise<A> => {
  const connection = await mysql.createConnection({ uri: url, connectTimeout: 10_000 });
  try {
    return await act(connection);
  } finally {
    connection.destroy();
  }
};

const follow = (replica: PairMember, source: PairMember): Promise<void> =>
  withConnection(replica.url, async (connection) => {
    const { hostname, port, username, password } = new URL(source.url);
    await connection.query(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = ?, SOURCE_PORT = ?, SOURCE_USER = ?, SOURCE_PASSWORD = ?,
         SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1, SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 86400`,
      [hostname, Number(port), username, password],
    );
    await connection.query('START REPLICA');
  });

const ReplicaStatus = t.tuple([t.type({ Replica_IO_Running: t.string, Last_IO_Error: t.string })]);

/** Fails while the replica does not receive what its source writes. */
const probeFollowing = ({ url }: PairMember): Promise<void> =>
  withConnection(url, async (connection) => {
    const [rows] = await connection.query('SHOW REPLICA STATUS');
    const status = ReplicaStatus.decode(rows);
    if (E.isLeft(status)) throw new Error('SHOW REPLICA STATUS has another shape');
    const [{ Replica_IO_Running: running, Last_IO_Error: error }] = status.right;
    if (running !== 'Yes') throw new Error(`the replica does not follow: ${running} ${error}`);
  });

const open = ({ url }: PairMember, replication: Replication): Promise<void> =>
  withConnection(url, async (connection) => {
    // From its first write on: one that was acknowledged by the source alone would not be safe.
    if (replication === 'semi-synchronous') await connection.query('SET GLOBAL rpl_semi_sync_source_enabled = ON');
    await connection.query('SET GLOBAL offline_mode = OFF');
    // Leaves super_read_only as well.
    await connection.query('SET GLOBAL read_only = OFF');
  });

/**
 * A source, `mysql`, and a replica of it, `mysql-replica`, each a process that can be killed alone. Nothing is promoted here:
 * whoever kills the source makes the replica the new one. The source takes writes when its replica follows, not before.
 */
export const startPair = async <Member extends PairMember>(
  replication: Replication,
  layout: ServerLayout,
  start: (name: ServerName, layout: ServerLayout) => Promise<Member>,
): Promise<Member & { readonly replica: Member }> => {
  if (layout.disks?.mysql !== undefined) throw new Error('neither of a pair has a small disk');
  const member = (name: ServerName, serverId: number): Promise<Member> =>
    start(name, {
      ...layout,
      mysqlSettings: [...pairSettings(serverId, replication), ...(layout.mysqlSettings ?? [])],
    });
  const [source, replica] = await Promise.all([member('mysql', 1), member('mysql-replica', 2)]);
  await follow(replica, source);
  await untilAnswering({
    what: 'the replica of MySQL',
    probe: () => probeFollowing(replica),
    deadlineMs: FOLLOWING_MS,
    giveUp: () => undefined,
  });
  await open(source, replication);
  return { ...source, replica };
};
