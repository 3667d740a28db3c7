import { expect } from 'chai';
import { Kafka, logLevel } from 'kafkajs';
import mysql from 'mysql2/promise';
import { Run } from '../../../tools/environment/run.ts';
import { type Servers, startServers } from '../../../tools/environment/servers.ts';
import { useDirectory, useOwnServers } from '../../support/environment/own-servers.ts';
import { isRunning, runDirectories } from '../../support/environment/processes.ts';

const query = async (url: string, sql: string): Promise<string> => {
  const connection = await mysql.createConnection(url);
  try {
    return JSON.stringify((await connection.query(sql))[0]);
  } finally {
    await connection.end();
  }
};

const withAdmin = async <T>(brokers: string, act: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> => {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
};

describe('the servers of an environment', function () {
  this.timeout(120_000);
  useOwnServers();
  const directory = useDirectory();
  const lines: string[] = [];
  let servers: Servers;

  before('given MySQL and Kafka brought up', async () => {
    const run = await Run.open(directory.path());
    servers = await startServers({ run, progress: (line) => lines.push(line) });
  });
  after(() => servers.stop());

  it('MySQL is 8.4 or later, durable, and speaks utf8mb4', async () => {
    const answer = await query(
      servers.mysqlUrl,
      `SELECT CAST(SUBSTRING_INDEX(VERSION(), '.', 1) AS SIGNED) >= 8 AS recent, @@innodb_flush_log_at_trx_commit AS redo,
              @@sync_binlog AS binlog, @@log_bin AS logged, @@character_set_server AS charset`,
    );
    expect(JSON.parse(answer)).to.deep.equal([{ recent: 1, redo: 1, binlog: 1, logged: 1, charset: 'utf8mb4' }]);
  });

  it('Kafka makes no topic that nobody created', async () => {
    const failure = await withAdmin(servers.kafkaBrokers, (admin) =>
      admin.fetchTopicMetadata({ topics: ['never-created'] }),
    ).then(
      () => 'it was made',
      (cause: unknown) => (cause instanceof Error ? cause.message : ''),
    );
    expect(failure).to.match(/does not host this topic-partition/);
  });

  it('MySQL keeps its data and its address over kill -9 and restart', async () => {
    await query(servers.mysqlUrl, 'CREATE DATABASE kept');
    await query(servers.mysqlUrl, 'CREATE TABLE kept.rows_of_before (id INT PRIMARY KEY)');
    await query(servers.mysqlUrl, 'INSERT INTO kept.rows_of_before VALUES (7)');
    const before = servers.mysql?.pid;

    await servers.mysql?.kill('SIGKILL');
    expect(servers.mysql?.pid).to.equal(undefined);
    await servers.mysql?.restart();

    expect(servers.mysql?.pid).to.be.a('number').and.not.equal(before);
    expect(await query(servers.mysqlUrl, 'SELECT id FROM kept.rows_of_before')).to.equal('[{"id":7}]');
  });

  it('Kafka keeps its topics and its address over kill -9 and restart', async () => {
    await withAdmin(servers.kafkaBrokers, (admin) =>
      admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'kept', numPartitions: 3 }] }),
    );
    const before = servers.kafka?.pid;

    await servers.kafka?.kill('SIGKILL');
    await servers.kafka?.restart();

    expect(servers.kafka?.pid).to.be.a('number').and.not.equal(before);
    expect(await withAdmin(servers.kafkaBrokers, (admin) => admin.listTopics())).to.include('kept');
  });

  it('each start and each end of a server is told to whoever listens', async () => {
    const seen: boolean[] = [];
    servers.mysql?.onChange(() => seen.push(servers.mysql?.pid !== undefined));

    await servers.mysql?.kill('SIGKILL');
    await servers.mysql?.restart();

    expect(seen).to.deep.equal([false, true]);
  });

  it('a frozen server goes on where it stood', async () => {
    await servers.mysql?.kill('SIGSTOP');
    const answer = query(servers.mysqlUrl, 'SELECT 1 AS one');
    await servers.mysql?.kill('SIGCONT');
    expect(await answer).to.equal('[{"one":1}]');
  });

  it('a second environment beside the first has other ports and another cluster', async () => {
    const second = await startServers({ run: await Run.open(directory.path()), progress: () => undefined });
    try {
      expect(second.mysqlUrl).not.to.equal(servers.mysqlUrl);
      expect(second.kafkaBrokers).not.to.equal(servers.kafkaBrokers);
      const cluster = (brokers: string) =>
        withAdmin(brokers, async (admin) => (await admin.describeCluster()).clusterId);
      expect(await cluster(second.kafkaBrokers)).not.to.equal(await cluster(servers.kafkaBrokers));
    } finally {
      await second.stop();
    }
  });

  it('stop leaves no process and no directory behind', async () => {
    const pids = [servers.mysql?.pid, servers.kafka?.pid];
    expect(pids.map((pid) => pid !== undefined && isRunning(pid))).to.deep.equal([true, true]);

    await servers.stop();

    expect(pids.map((pid) => pid !== undefined && isRunning(pid))).to.deep.equal([false, false]);
    expect(await runDirectories(directory.path())).to.deep.equal([]);
  });
});
