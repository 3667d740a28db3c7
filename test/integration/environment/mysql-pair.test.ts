import { expect } from 'chai';
import * as t from 'io-ts';
import mysql from 'mysql2/promise';
import { FaultProxy } from '../../../simulator/faults/proxy/fault-proxy.ts';
import { isFenced, promote, semiSyncOf, transactionsBeyond } from '../../../simulator/faults/rows/mysql-replication.ts';
import { Run } from '../../../tools/environment/run.ts';
import type { Replication } from '../../../tools/environment/server-layout.ts';
import { type Servers, startServers } from '../../../tools/environment/servers.ts';
import { useDirectory, useOwnServers } from '../../support/environment/own-servers.ts';
import { decoded } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';

/** A pair with one table that has one row, known to the replica. */
class Pair {
  readonly servers: Servers;
  readonly #connections: mysql.Connection[] = [];

  private constructor(servers: Servers) {
    this.servers = servers;
  }

  static async start(run: Run, replication: Replication): Promise<Pair> {
    const pair = new Pair(
      await startServers({ run, needed: ['mysql'], layout: { replication }, progress: () => undefined }),
    );
    const source = await pair.source();
    await source.query('CREATE DATABASE shop');
    await source.query('CREATE TABLE shop.things (id INT PRIMARY KEY, note TEXT)');
    await source.query('INSERT INTO shop.things (id) VALUES (1)');
    await eventually(async () => expect(await idsAt(await pair.replica())).to.deep.equal([1]));
    return pair;
  }

  source(): Promise<mysql.Connection> {
    return this.#connect(this.servers.mysqlUrl);
  }

  replica(): Promise<mysql.Connection> {
    return this.#connect(this.servers.mysqlReplicaUrl ?? '');
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.destroy();
    await this.servers.stop();
  }

  async #connect(uri: string): Promise<mysql.Connection> {
    const connection = await mysql.createConnection({ uri });
    connection.on('error', () => undefined);
    this.#connections.push(connection);
    return connection;
  }
}

const idsAt = async (connection: mysql.Connection): Promise<readonly unknown[]> => {
  const [rows] = await connection.query({ sql: 'SELECT id FROM shop.things ORDER BY id', rowsAsArray: true });
  return Array.isArray(rows) ? rows.flat() : [];
};

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (cause: unknown) => (cause instanceof Error && 'code' in cause ? cause.code : cause),
  );

const Positions = t.tuple([t.type({ Read_Source_Log_Pos: t.number, Exec_Source_Log_Pos: t.number })]);

/** Bytes that a replica has received and could not apply. */
const unappliedAt = async (replica: mysql.Connection): Promise<number> => {
  const [{ Read_Source_Log_Pos: read, Exec_Source_Log_Pos: applied }] = decoded(
    Positions,
    (await replica.query('SHOW REPLICA STATUS'))[0],
  );
  return read - applied;
};

/** Its rows are sent in events of 8 KB, so that it can be received in part. */
const LARGE = Array.from({ length: 2_000 }, (_, index) => `(${index + 2}, REPEAT('x', 200))`).join(', ');
const BYTES_PER_SECOND = 50_000;
/** STOP REPLICA by itself waits a minute for the rest of a transaction. */
const SOON_MS = 20_000;

describe('a source of MySQL and its replica', function () {
  this.timeout(120_000);
  useOwnServers();
  const directory = useDirectory();
  let pair: Pair;
  afterEach(() => pair.stop());

  const starting = async (replication: Replication): Promise<void> => {
    pair = await Pair.start(await Run.open(directory.path()), replication);
  };

  it('the replica takes no write, not even of those who may do everything', async () => {
    await starting('semi-synchronous');
    expect(pair.servers.others.map(({ name }) => name)).to.deep.equal(['mysql-replica']);
    expect(await codeOf((await pair.replica()).query('INSERT INTO shop.things (id) VALUES (2)'))).to.equal(
      'ER_OPTION_PREVENTS_STATEMENT',
    );
  });

  it('given a replica that hears nothing / then a commit is neither acknowledged nor seen until it does', async () => {
    await starting('semi-synchronous');
    const [source, replica] = [await pair.source(), await pair.replica()];
    await replica.query('STOP REPLICA IO_THREAD');
    let isAcknowledged = false;
    const writing = (await pair.source()).query('INSERT INTO shop.things (id) VALUES (2)').then(() => {
      isAcknowledged = true;
    });
    await eventually(async () => expect((await semiSyncOf(source)).waiting).to.equal(1));
    expect(await idsAt(source)).to.deep.equal([1]);
    expect(isAcknowledged).to.equal(false);

    await replica.query('START REPLICA IO_THREAD');
    await writing;
    expect(await idsAt(source)).to.deep.equal([1, 2]);
    expect(await semiSyncOf(source)).to.deep.include({ isOn: true, alone: 0, waiting: 0 });
  });

  it('given the source dies with a commit that waited / then the promoted replica has all that was acknowledged, and the old source comes back fenced', async () => {
    await starting('semi-synchronous');
    const [source, replica] = [await pair.source(), await pair.replica()];
    await replica.query('STOP REPLICA IO_THREAD');
    const unheard = codeOf((await pair.source()).query('INSERT INTO shop.things (id) VALUES (2)'));
    await eventually(async () => expect((await semiSyncOf(source)).waiting).to.equal(1));
    await pair.servers.mysql?.kill('SIGKILL');
    expect(await unheard).to.equal('PROTOCOL_CONNECTION_LOST');

    await promote(replica);
    await replica.query('INSERT INTO shop.things (id) VALUES (3)');
    expect(await idsAt(replica)).to.deep.equal([1, 3]);

    await pair.servers.mysql?.restart();
    const old = await pair.source();
    expect(await isFenced(old)).to.equal(true);
    expect(await isFenced(replica)).to.equal(false);
    expect(await idsAt(old)).to.deep.equal([1, 2]);
    expect(await transactionsBeyond(old, replica)).to.equal(1);
    expect(await transactionsBeyond(replica, old)).to.equal(1);
  });

  it('given an orderly stop of the source while a commit waits / then it acknowledges what the replica has not: why it is killed instead', async () => {
    await starting('semi-synchronous');
    const [source, replica] = [await pair.source(), await pair.replica()];
    await replica.query('STOP REPLICA IO_THREAD');
    const unheard = codeOf((await pair.source()).query('INSERT INTO shop.things (id) VALUES (2)'));
    await eventually(async () => expect((await semiSyncOf(source)).waiting).to.equal(1));
    await pair.servers.mysql?.kill('SIGTERM');
    expect(await unheard).to.equal('done');
    await promote(replica);
    expect(await idsAt(replica)).to.deep.equal([1]);
  });

  it('given the source dies in the middle of sending a transaction / then the replica is promoted without it, and soon', async () => {
    await starting('asynchronous');
    const [source, replica] = [await pair.source(), await pair.replica()];
    const proxy = await FaultProxy.open(pair.servers.mysql?.address ?? '');
    try {
      await replica.query('STOP REPLICA');
      await replica.query(`CHANGE REPLICATION SOURCE TO SOURCE_PORT = ${new URL(`tcp://${proxy.address}`).port}`);
      await replica.query('START REPLICA');
      proxy.shape({ bytesPerSecond: BYTES_PER_SECOND });
      await source.query(`INSERT INTO shop.things VALUES ${LARGE}`);
      await eventually(async () => expect(await unappliedAt(replica)).to.be.greaterThan(BYTES_PER_SECOND));
      await pair.servers.mysql?.kill('SIGKILL');
      const askedAt = performance.now();
      await promote(replica);
      expect(performance.now() - askedAt).to.be.below(SOON_MS);
    } finally {
      await proxy.close();
    }
    expect(await idsAt(replica)).to.deep.equal([1]);
    await replica.query('INSERT INTO shop.things (id) VALUES (2)');
  });

  it('given asynchronous replication / then the same death loses what was acknowledged', async () => {
    await starting('asynchronous');
    const [source, replica] = [await pair.source(), await pair.replica()];
    expect(await semiSyncOf(source)).to.deep.include({ isOn: false });
    await replica.query('STOP REPLICA IO_THREAD');
    expect(await codeOf(source.query('INSERT INTO shop.things (id) VALUES (2)'))).to.equal('done');
    await pair.servers.mysql?.kill('SIGKILL');

    await promote(replica);
    expect(await idsAt(replica)).to.deep.equal([1]);
  });
});
