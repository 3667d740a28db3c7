import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as t from 'io-ts';
import { judgeClocks } from '../../../src/application/operations/judge-clocks.ts';
import { judgeRelays } from '../../../src/application/operations/judge-relays.ts';
import type { RelaysSeen } from '../../../src/application/operations/judge-relays.ts';
import type { Observation } from '../../../src/application/ports/examination.ts';
import { judgeNode, OLDEST_NODE } from '../../../src/infrastructure/examine-runtime.ts';
import { appendTimeOf } from '../../../src/infrastructure/kafka/append-time.ts';
import type { MetadataVersions } from '../../../src/infrastructure/kafka/api-versions.ts';
import { judgeCluster, TESTED_WITH } from '../../../src/infrastructure/kafka/examine-cluster.ts';
import type { ClusterSeen } from '../../../src/infrastructure/kafka/examine-cluster.ts';
import { metadataVersionName } from '../../../src/infrastructure/kafka/metadata-version.ts';
import { judgeGroups } from '../../../src/infrastructure/kafka/examine-lag.ts';
import { judgeRights } from '../../../src/infrastructure/mysql/examine-rights.ts';
import type { RightsSeen } from '../../../src/infrastructure/mysql/examine-rights.ts';
import { judgeSchema } from '../../../src/infrastructure/mysql/examine-schema.ts';
import { DATABASE_ROLES, rightsOf } from '../../../src/infrastructure/mysql/grants.ts';
import type { DatabaseRole, GrantedRight, TableRight } from '../../../src/infrastructure/mysql/grants.ts';
import { decoded } from '../../support/decoded.ts';

/** `state: says` of what is not in order. */
const amiss = (observations: readonly Observation[]): readonly string[] =>
  observations.filter(({ state }) => state !== 'ok').map(({ state, says }) => `${state}: ${says}`);

const everyFailureCanBeMended = (observations: readonly Observation[]): void => {
  for (const { state, mend } of observations) if (state === 'fail') expect(mend).to.be.a('string');
};

describe('what the doctor makes of relays', () => {
  const well: RelaysSeen = {
    members: [{ owner: 'r1', leftSeconds: 8, doorbell: '127.0.0.1:4000' }],
    leases: [
      { name: 'lane-0', owner: 'r1', leftSeconds: 8 },
      { name: 'lane-1', owner: 'r1', leftSeconds: 8 },
      { name: 'relay', owner: '', leftSeconds: 250_000_000_000 },
    ],
    lanes: 2,
    stats: { pending: 0, held: 0, retrying: 0, quarantined: 0, completed: 9, oldestPendingMs: null },
  };
  const cases: readonly (readonly [what: string, seen: Partial<RelaysSeen>, says: RegExp])[] = [
    ['no relay', { members: [], leases: [] }, /^warn: no relay is alive/],
    [
      'a relay that has expired',
      { members: [{ owner: 'r1', leftSeconds: -1, doorbell: null }], leases: [] },
      /no relay is alive/,
    ],
    ['a lane that nobody leads', { leases: well.leases.slice(1) }, /^warn: nobody leads lane-0$/],
    [
      'a lane of a relay that is gone',
      { leases: [{ name: 'lane-0', owner: 'r0', leftSeconds: 8 }, ...well.leases.slice(1)] },
      /^warn: lane-0: led by a relay that is not alive/,
    ],
    [
      'a lease of a lane that is not there',
      { leases: [...well.leases, { name: 'lane-7', owner: '', leftSeconds: -1 }] },
      /^fail: there is a lease lane-7, but ORDER_PARTITIONS is 2/,
    ],
    [
      'a lease without an end',
      { leases: [{ name: 'lane-0', owner: 'r1', leftSeconds: 9_999 }, ...well.leases.slice(1)] },
      /^fail: lease lane-0 runs for 9999 s more/,
    ],
    [
      'an old event',
      { stats: { ...well.stats, pending: 1, oldestPendingMs: 12_000 } },
      /^warn: pending: 1.*12\.0 s old/,
    ],
    ['a very old event', { stats: { ...well.stats, pending: 1, oldestPendingMs: 61_000 } }, /^fail: pending: 1/],
    [
      'quarantined events',
      { stats: { ...well.stats, quarantined: 2, held: 3 } },
      /^warn: 2 events are quarantined; 3 later events/,
    ],
  ];
  it('given relays that lead every lane / then all is well', () => expect(amiss(judgeRelays(well))).to.deep.equal([]));
  for (const [what, seen, says] of cases)
    it(`given ${what} / then it says so, and how to mend it`, () => {
      const found = judgeRelays({ ...well, ...seen });
      expect(amiss(found).join('\n')).to.match(says);
      everyFailureCanBeMended(found);
    });
});

describe('what the doctor makes of clocks', () => {
  const stateOf = (atLeastMs: number, atMostMs: number) => judgeClocks('A', 'B', { atLeastMs, atMostMs }).state;

  it('given what may be no difference at all / then it is none, however little can be told', () => {
    expect([stateOf(-3, 2), stateOf(-60_000, 60_000), stateOf(0, 90_000)]).to.deep.equal(['ok', 'ok', 'ok']);
  });
  it('given what must be a difference / then it warns, and fails when it is large', () => {
    expect([stateOf(600, 700), stateOf(-900, -700)]).to.deep.equal(['warn', 'warn']);
    expect([stateOf(6_000, 6_100), stateOf(-7_000, -6_900)]).to.deep.equal(['fail', 'fail']);
  });

  const appendedAt = [1_000, 1_000, 5_000, 90_000];
  const admin = {
    fetchTopicOffsetsByTimestamp: (_topic: string, time?: number) => {
      const found = appendedAt.findIndex((at) => at >= (time ?? 0));
      return Promise.resolve([{ partition: 0, offset: String(found < 0 ? appendedAt.length : found) }]);
    },
  };
  for (const [offset, expected] of [
    [1, 3_000],
    [2, 5_000],
    [3, 0],
  ] as const)
    it(`finds by questions alone when offset ${offset} was appended`, async () => {
      const place = { topic: 't', partition: 0, offset };
      expect(await appendTimeOf(admin, place, expected)).to.equal(appendedAt[offset]);
    });
  it('given a record that is gone, or more than a day away / then it does not guess', async () => {
    expect(await appendTimeOf(admin, { topic: 't', partition: 0, offset: 9 }, 5_000)).to.equal(undefined);
    expect(await appendTimeOf(admin, { topic: 't', partition: 0, offset: 2 }, 500_000_000)).to.equal(undefined);
  });
});

describe('what the doctor makes of Kafka', () => {
  const well: ClusterSeen = {
    brokers: ['1 at a:9092', '2 at b:9092', '3 at c:9092'].map((name) => ({
      name,
      versions: { supported: 33, finalized: 33 },
    })),
    protocolVersion: undefined,
    topic: 'orders.events.v1',
    partitions: [0, 1].map((id) => ({ id, leader: 1, replicas: 3, inSync: 3 })),
    config: new Map([
      ['min.insync.replicas', '2'],
      ['retention.ms', '604800000'],
      ['max.message.bytes', '1048588'],
    ]),
  };
  const withVersions = (...versions: readonly (MetadataVersions | undefined)[]): Partial<ClusterSeen> => ({
    brokers: versions.map((each, index) => ({ name: `${index + 1} at b${index + 1}:9092`, versions: each })),
  });
  const silent = { supported: undefined, finalized: undefined };
  const withPartition = (change: object): Partial<ClusterSeen> => ({
    partitions: well.partitions.map((one) => ({ ...one, ...change })),
  });
  const cases: readonly (readonly [what: string, seen: Partial<ClusterSeen>, says: RegExp])[] = [
    ['no leader', withPartition({ leader: -1 }), /^fail: partitions without a leader: 0, 1/],
    [
      'too few replicas in sync',
      withPartition({ inSync: 1 }),
      /^fail: partitions with fewer than min\.insync\.replicas=2/,
    ],
    [
      'a replica that is behind',
      withPartition({ inSync: 2 }),
      /^warn: partitions whose replicas are not all in sync: 0, 1/,
    ],
    ['a single replica', withPartition({ replicas: 1, inSync: 1 }), /a single replica/],
    ['acknowledgement by one', { config: new Map([['min.insync.replicas', '1']]) }, /^warn: min\.insync\.replicas=1/],
    ['an old broker', { ...withVersions(silent), protocolVersion: '2.0-IV1' }, /^warn: Kafka 2\.0-IV1; wanted: 2\.1/],
    ['something that tells no version', withVersions(silent), /^warn: the version of Kafka is not known/],
    [
      'brokers of two releases',
      withVersions({ supported: 33, finalized: 30 }, { supported: 30, finalized: 30 }),
      /^warn: Kafka 4\.3: brokers support metadata\.version 4\.3-IV0 to 4\.4-IV2, the cluster has finalized 4\.3-IV0/,
    ],
    [
      'an upgrade that was not finished',
      withVersions({ supported: 33, finalized: 25 }),
      /^warn: Kafka 4\.4: .* has finalized 4\.0-IV3/,
    ],
    [
      'a broker that does not answer',
      withVersions({ supported: 33, finalized: 33 }, undefined),
      /^warn: brokers that did not tell their version: 2 at b2:9092$/,
    ],
  ];
  it('given three brokers that are in sync / then all is well', () =>
    expect(amiss(judgeCluster(well))).to.deep.equal([]));
  it('given brokers before KRaft, which tell no feature / then their protocol is their version', () =>
    expect(judgeCluster({ ...well, ...withVersions(silent), protocolVersion: '3.9-IV0' })[0]).to.deep.equal({
      state: 'ok',
      says: `Kafka 3.9-IV0; wanted: 2.1 or later, tested with ${TESTED_WITH}`,
    }));
  it('says that it was tested with the release that tests run against', () =>
    expect(readFileSync('tools/environment/kafka-pom.xml', 'utf8')).to.match(
      new RegExp(`<version>${TESTED_WITH.replace('.', '\\.')}\\.\\d+</version>`),
    ));
  it('names a level of metadata.version that came after this program', () =>
    expect([33, 34, 6].map(metadataVersionName)).to.deep.equal([
      '4.4-IV2',
      'level 34, after 4.4-IV2',
      'level 6, before 3.3-IV3',
    ]));
  for (const [what, seen, says] of cases)
    it(`given ${what} / then it says so`, () => {
      const found = judgeCluster({ ...well, ...seen });
      expect(amiss(found).join('\n')).to.match(says);
      everyFailureCanBeMended(found);
    });

  const group = { group: 'payment', state: 'Stable', members: 2, lag: 3, behindStart: false };
  it('given a group at work / then all is well', () => expect(amiss(judgeGroups([group], 't'))).to.deep.equal([]));
  it('given a group that nobody is in, one far behind, or one that lost records / then it says so', () => {
    const found = judgeGroups(
      [
        { ...group, members: 0 },
        { ...group, lag: 5_000 },
        { ...group, behindStart: true },
      ],
      't',
    );
    expect(found.map(({ state }) => state)).to.deep.equal(['warn', 'warn', 'fail']);
    everyFailureCanBeMended(found);
  });
});

describe('what the doctor makes of MySQL', () => {
  const inOrders = (right: TableRight): GrantedRight => ({ ...right, database: 'orders' });
  const exact = DATABASE_ROLES.map((role) => ({
    role,
    seen: {
      ...{ account: { user: 'u', host: '%' }, database: 'orders', byRole: false },
      granted: rightsOf(role).map(inOrders),
    },
  }));
  for (const { role, seen } of exact) {
    it(`given exactly the rights of the ${role} / then all is well`, () =>
      expect(amiss(judgeRights(role, seen))).to.deep.equal([]));
    it(`given one right less than the ${role} needs / then it names it`, () => {
      const found = judgeRights(role, { ...seen, granted: seen.granted.slice(1) });
      expect(amiss(found).join()).to.match(/^fail: u@% lacks, for the role \w+: [A-Z]+ on orders\./);
      everyFailureCanBeMended(found);
    });
  }
  const ofRole = (role: DatabaseRole, ...more: readonly TableRight[]): RightsSeen => {
    const seen = exact.find((one) => one.role === role)?.seen;
    if (seen === undefined) throw new Error(`there is no role ${role}`);
    return { ...seen, granted: [...seen.granted, ...more.map(inOrders)] };
  };
  const onOutbox = (right: string, column?: string): TableRight => ({ table: 'outbox', right, column });
  const wide: readonly (readonly [what: string, role: DatabaseRole, more: TableRight, says: string, revoke: RegExp])[] =
    [
      ['a right it does not need', 'api', onOutbox('DELETE'), 'DELETE on orders.outbox', /REVOKE DELETE ON `orders`/],
      [
        ...(['a column it does not write', 'relay', onOutbox('UPDATE', 'payload')] as const),
        ...([
          'UPDATE (payload) on orders.outbox',
          /REVOKE UPDATE \(payload\) ON `orders`\.`outbox` FROM 'u'@'%';/,
        ] as const),
      ],
      [
        ...(['a whole table where it writes some columns', 'relay', onOutbox('UPDATE')] as const),
        ...([
          'UPDATE on orders.outbox',
          /REVOKE UPDATE ON `orders`\.`outbox` .* and then what `order grants relay`/,
        ] as const),
      ],
      [
        ...(['to hand its rights on', 'relay', onOutbox('GRANT OPTION')] as const),
        ...(['GRANT OPTION on orders.outbox', /REVOKE GRANT OPTION ON/] as const),
      ],
      [
        ...(['the whole database', 'relay', { table: '*', right: 'SELECT', column: undefined }] as const),
        ...(['SELECT on orders.*', /REVOKE SELECT ON `orders`\.\*/] as const),
      ],
    ];
  for (const [what, role, more, says, revoke] of wide)
    it(`given ${what} / then it warns, with the SQL that takes it back`, () => {
      const found = judgeRights(role, ofRole(role, more));
      expect(amiss(found)).to.deep.equal([`warn: u@% has more than the role ${role} needs: ${says}`]);
      expect(found.at(-1)?.mend).to.match(revoke);
    });
  it('given less than all of a column list / then it names the column', () => {
    const seen = ofRole('relay');
    const granted = seen.granted.filter(({ column }) => column !== 'kafka_offset');
    expect(amiss(judgeRights('relay', { ...seen, granted }))).to.deep.equal([
      'fail: u@% lacks, for the role relay: UPDATE (kafka_offset) on orders.outbox',
    ]);
  });
  it('given rights on the whole server / then it warns', () =>
    expect(
      amiss(judgeRights('api', ofRole('api', { table: '*.*', right: 'SHUTDOWN', column: undefined }))).join(),
    ).to.match(/^warn: u@% has 1 rights on the whole server/));

  const index = {
    tbl: 'outbox',
    name: 'outbox_claim',
    non_unique: 1,
    visible: 1,
    columns_: 'kafka_partition,status,held_by,next_attempt_at,id',
  };
  const rest = [
    { ...index, name: 'PRIMARY', non_unique: 0, columns_: 'id' },
    { ...index, name: 'outbox_event', non_unique: 0, columns_: 'event_id' },
    { ...index, name: 'outbox_order_sequence', non_unique: 0, columns_: 'order_id,sequence' },
  ];
  const engines = [{ tbl: 'outbox', engine: 'InnoDB' }];
  const schemas: readonly (readonly [what: string, indexes: readonly (typeof index)[], says: RegExp])[] = [
    ['an index that was dropped', rest, /^fail: index outbox_claim of outbox is missing/],
    ['an index that was made invisible', [{ ...index, visible: 0 }, ...rest], /is invisible/],
    ['an index on other columns', [{ ...index, columns_: 'status' }, ...rest], /is on \(status\)/],
    ['an index that is no longer unique', [index, ...rest.map((one) => ({ ...one, non_unique: 1 }))], /not unique/],
  ];
  it('given the indexes that migrations make / then all is well', () =>
    expect(amiss(judgeSchema({ indexes: [index, ...rest], engines }))).to.deep.equal([]));
  for (const [what, indexes, says] of schemas)
    it(`given ${what} / then it says so, with the SQL that mends it`, () => {
      const found = judgeSchema({ indexes, engines });
      expect(amiss(found).join('\n')).to.match(says);
      everyFailureCanBeMended(found);
    });
  it('given a table without transactions / then it says so', () =>
    expect(
      amiss(
        judgeSchema({ indexes: [index, ...rest], engines: [...engines, { tbl: 'orders2', engine: 'MyISAM' }] }),
      ).join(),
    ).to.match(/kept by MyISAM/));
});

describe('what the doctor makes of Node.js', () => {
  it('asks for the version that package.json asks for', () => {
    const { engines } = decoded(
      t.type({ engines: t.type({ node: t.string }) }),
      JSON.parse(readFileSync('package.json', 'utf8')),
    );
    expect(`${engines.node}.0`).to.equal(`>=${OLDEST_NODE}`);
  });
  it('given an older one / then it fails', () => {
    const states = ['20.18.3', '18.20.0', '20.19.0', '20.20.2', '24.1.0'].map((version) => judgeNode(version).state);
    expect(states).to.deep.equal(['fail', 'fail', 'ok', 'ok', 'ok']);
  });
});
