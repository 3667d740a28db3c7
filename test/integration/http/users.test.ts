import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import * as t from 'io-ts';
import type { Observation } from '../../../src/application/ports/examination.ts';
import { runOrder } from '../../../src/composition/run-order.ts';
import { examineRights } from '../../../src/infrastructure/mysql/examine-rights.ts';
import { migrate } from '../../../src/infrastructure/mysql/migrate.ts';
import { serverErrorNumber } from '../../../src/infrastructure/mysql/mysql-errors.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { OrderEventsAnswer, requestExamples } from '../../../src/interfaces/contract/http.ts';
import { decoded, rightOf } from '../../support/decoded.ts';
import { eventually } from '../../support/eventually.ts';
import { post, send } from '../../support/http-client.ts';
import { MIGRATIONS, testPool } from '../../support/mysql-storage.ts';
import { quarantineEvents } from '../../support/quarantine.ts';
import { OPERATOR_TOKEN } from '../../support/running-service.ts';
import { freshDatabase, freshTopic, kafkaBrokers } from '../../support/servers.ts';
import type { TestDatabase, TestTopic } from '../../support/servers.ts';
import { startServiceProcess } from '../../support/service-process.ts';
import type { ServiceProcess } from '../../support/service-process.ts';

const ROLES = ['migrator', 'api', 'relay', 'janitor', 'operator'] as const;
type DatabaseRole = (typeof ROLES)[number];

const TABLE_ACCESS_DENIED = 1142;
const COLUMN_ACCESS_DENIED = 1143;
/** Of a database, of a table or its columns, for want of a right on the whole server. */
const ACCESS_DENIED = [1044, TABLE_ACCESS_DENIED, COLUMN_ACCESS_DENIED, 1227];
/** Of each table that holds orders, events, or what was done to them. */
const KEPT = [
  'orders',
  'order_lines',
  'outbox',
  'outbox_attempts',
  'outbox_skipped',
  'outbox_purges',
  'operator_audit',
  'consumer_acts',
  'consumer_act_outcomes',
];

describe('each process with a MySQL user of its own, with the rights that `order grants` prints', function () {
  this.timeout(120_000);
  const suffix = randomBytes(4).toString('hex');
  const password = randomBytes(12).toString('hex');
  const nameOf = (role: DatabaseRole): string => `${role}_${suffix}`;
  let database: TestDatabase;
  let topic: TestTopic;
  let root: MySqlPool;
  const started: ServiceProcess[] = [];

  const urlOf = (role: DatabaseRole): string => {
    const url = new URL(database.url);
    url.username = nameOf(role);
    url.password = password;
    return url.toString();
  };
  const asRoot = (sql: string): Promise<readonly unknown[]> => root.use((connection) => connection.rows(sql));
  const write = (sql: string): Promise<unknown> => root.use((connection) => connection.write(sql));
  const order = async (argv: readonly string[], role: DatabaseRole): Promise<readonly string[]> => {
    const [out, err]: [string[], string[]] = [[], []];
    const terminal = { out: (line: string) => out.push(line), err: (line: string) => err.push(line) };
    const env = {
      ...{ MYSQL_URL: urlOf(role), LOG_LEVEL: 'silent', OUTBOX_MAX_EVENT_BYTES: '1000000' },
      ...{ KAFKA_BROKERS: kafkaBrokers().join(','), ORDER_TOPIC: topic.name },
    };
    const code = await runOrder({ argv, env, terminal });
    expect([code, err], argv.join(' ')).to.deep.equal([0, []]);
    return out;
  };
  const grant = async (role: DatabaseRole): Promise<void> => {
    const argv = ['grants', role, '--user', nameOf(role), '--host', '%', '--database', database.name];
    for (const statement of await order(argv, role)) await write(statement);
  };

  before(async () => {
    database = await freshDatabase();
    topic = await freshTopic();
    root = testPool(database.url);
    for (const role of ROLES) await write(`CREATE USER '${nameOf(role)}'@'%' IDENTIFIED BY '${password}'`);
    await grant('migrator');
    rightOf(await migrate({ url: urlOf('migrator'), directory: MIGRATIONS })());
    for (const role of ROLES) if (role !== 'migrator') await grant(role);
  });
  after(async () => {
    for (const service of started.splice(0)) {
      service.kill('SIGKILL');
      await service.ended;
    }
    for (const role of ROLES) await write(`DROP USER '${nameOf(role)}'@'%'`);
    await root.end();
    await topic.drop();
    await database.drop();
  });

  const start = async (
    role: 'api' | 'relay' | 'janitor',
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServiceProcess> => {
    const service = await startServiceProcess(role, {
      MYSQL_URL: urlOf(role),
      KAFKA_BROKERS: kafkaBrokers().join(','),
      ORDER_TOPIC: topic.name,
      OUTBOX_MAX_EVENT_BYTES: '1000000',
      ...env,
    });
    started.push(service);
    return service;
  };
  const eventsOf = async (api: ServiceProcess, orderId: string): Promise<t.TypeOf<typeof OrderEventsAnswer>> => {
    const { body } = await send(api.url, { method: 'GET', path: `/orders/${orderId}/events` });
    return decoded(OrderEventsAnswer, JSON.parse(body));
  };
  const placeAndCancel = async (api: ServiceProcess): Promise<string> => {
    const { body } = await send(api.url, post('/orders', requestExamples.PlaceOrder));
    const { orderId } = decoded(t.type({ orderId: t.string }), JSON.parse(body));
    const cancelled = await send(api.url, post(`/orders/${orderId}/cancellation`, requestExamples.Cancellation));
    expect(cancelled.status).to.equal(200);
    return orderId;
  };
  const endInOrder = async (...services: readonly ServiceProcess[]): Promise<void> => {
    for (const service of services) service.kill('SIGTERM');
    for (const service of services) expect(await service.ended).to.deep.equal({ code: 0, signal: null });
  };

  it('orders are placed, quarantined, redriven, skipped, published and purged, each by its own', async () => {
    const gone = { PROGRESS_URLS: 'gone=http://127.0.0.1:2', REPROCESS_TOKENS: 'gone=a-token-of-nobody' };
    const api = await start('api', gone);
    const [first, second] = [await placeAndCancel(api), await placeAndCancel(api)];
    expect(await quarantineEvents(urlOf('relay'))).to.have.lengthOf(2);
    const headOf = async (orderId: string): Promise<string> => (await eventsOf(api, orderId)).events[0]?.eventId ?? '';
    const authorization = { authorization: `Bearer ${OPERATOR_TOKEN}` };
    const redriven = await send(
      api.url,
      post(`/outbox/${await headOf(first)}/redrive`, { reason: 'r' }, authorization),
    );
    expect(redriven.status).to.equal(200);
    // Nobody is there, which is noted before and after.
    const notDone = await send(
      api.url,
      post(`/consumers/gone/parked/${first}/reprocess`, { reason: 'r' }, authorization),
    );
    expect(notDone.status).to.equal(502);
    expect(await order(['audit'], 'operator')).to.satisfy((lines: readonly string[]) =>
      lines.some((line) => line.includes('not-done')),
    );
    const head = await headOf(second);
    await order(['outbox', 'skip', head, '--reason', 'told by hand'], 'operator');
    const left = await order(['outbox', 'list', '--status', 'QUARANTINED', '--json'], 'operator');
    expect(JSON.parse(left.join(''))).to.deep.equal({ events: [], next: null });

    const relay = await start('relay');
    await eventually(async () => {
      const states = await Promise.all([first, second].map((orderId) => eventsOf(api, orderId)));
      const seen = states.flatMap(({ events }) => events.map(({ standing }) => standing.state));
      expect(seen).to.deep.equal(['published', 'published', 'skipped', 'published', 'published']);
    });
    expect(await order(['explain', second], 'operator')).to.satisfy((lines: readonly string[]) =>
      lines.some((line) => line.includes('skipped')),
    );

    await write(
      'UPDATE outbox SET created_at = created_at - INTERVAL 8 DAY, published_at = published_at - INTERVAL 8 DAY',
    );
    const janitor = await start('janitor', { JANITOR_EVERY: '1s' });
    await eventually(async () => {
      const { body } = await send(janitor.url, { method: 'GET', path: '/metrics' });
      expect(body).to.match(/^orderly_janitor_purged_outbox_rows_total 4$/m);
    });
    expect(await eventsOf(api, first)).to.deep.include({ purgedThrough: 2, events: [] });
    expect((await send(janitor.url, post('/orders', requestExamples.PlaceOrder))).status).to.equal(404);
    expect(
      await asRoot(`SELECT p.purged_rows, p.actor = a.actor AS audited FROM outbox_purges p
      JOIN operator_audit a ON a.action = 'purge'`),
    ).to.deep.equal([{ purged_rows: 4, audited: 1 }]);

    await endInOrder(api, relay, janitor);
    // Nothing went wrong on the way that was tried again.
    expect(`${relay.log()}${janitor.log()}`).not.to.match(/"level":"error"/);
  });

  it('the operator may ask all that the doctor asks, and has no right that it does not need', async () => {
    const [api, relay] = [await start('api'), await start('relay')];
    const orderId = await placeAndCancel(api);
    await eventually(async () => {
      const { events } = await eventsOf(api, orderId);
      expect(events.map(({ standing }) => standing.state)).to.deep.equal(['published', 'published']);
    });
    const text = (await order(['doctor', '--deep'], 'operator')).join('\n');
    expect(text).not.to.match(/cannot be asked|has more than|on the whole server/);
    expect(text).to.match(/ok +operator_\w+@% may do what the role operator needs/);
    const [counted] = await asRoot('SELECT COUNT(*) AS orders FROM orders');
    const { orders } = decoded(t.type({ orders: t.number }), counted);
    expect(text).to.match(new RegExp(`compared ${orders} orders, \\d+ events and \\d+ of \\d+ records`));
    await endInOrder(api, relay);
  });

  const mayDelete: Readonly<Record<DatabaseRole, readonly string[]>> = {
    migrator: [],
    api: [],
    relay: [],
    janitor: ['outbox', 'outbox_attempts'],
    operator: [],
  };
  for (const role of ROLES)
    it(`the ${role} may delete ${mayDelete[role].join(' and ') || 'nothing'}, and is refused the rest by the server`, async () => {
      const pool = testPool(urlOf(role), { connections: 1 });
      try {
        const allowed: string[] = [];
        for (const table of KEPT)
          await pool
            .use((connection) => connection.write(`DELETE FROM ${table} WHERE FALSE`))
            .then(
              () => allowed.push(table),
              (cause: unknown) => expect(serverErrorNumber(cause)).to.equal(TABLE_ACCESS_DENIED),
            );
        expect(allowed).to.deep.equal(mayDelete[role]);
      } finally {
        await pool.end();
      }
    });

  /** Each would be a lie about an order or an event, or the way to one. */
  const mayNot: Readonly<Record<DatabaseRole, readonly string[]>> = {
    migrator: ['DROP TABLE outbox', 'TRUNCATE TABLE outbox', "CREATE USER 'more'@'%'"],
    api: [
      'DELETE FROM orders WHERE FALSE',
      'UPDATE outbox SET kafka_offset = 1 WHERE FALSE',
      "INSERT INTO outbox (event_id, status) VALUES ('e', 'COMPLETED')",
      "INSERT INTO operator_audit (at, actor) VALUES ('2000-01-01', 'me')",
      "UPDATE relay_leases SET owner = 'me' WHERE FALSE",
      'UPDATE order_lines SET quantity = 1 WHERE FALSE',
      "UPDATE operator_audit SET actor = 'nobody' WHERE FALSE",
      "UPDATE outbox_skipped SET reason = 'none' WHERE FALSE",
      'CREATE TABLE more (id INT)',
    ],
    relay: [
      "UPDATE outbox SET payload = '{}' WHERE FALSE",
      "UPDATE outbox SET status = 'COMPLETED', order_id = 'o' WHERE FALSE",
      'UPDATE outbox o JOIN relay_leases l SET o.sequence = l.epoch WHERE FALSE',
      'SELECT order_id FROM orders',
      "UPDATE orders SET status = 'paid' WHERE FALSE",
      "INSERT INTO outbox (event_id) VALUES ('e')",
      'SELECT answer FROM idempotency_keys',
      "INSERT INTO operator_audit (actor) VALUES ('me')",
    ],
    janitor: [
      "UPDATE outbox SET status = 'PENDING' WHERE FALSE",
      "INSERT INTO outbox (event_id) VALUES ('e')",
      'SELECT order_id FROM orders',
      'SELECT answer FROM idempotency_keys',
      "UPDATE operator_audit SET actor = 'nobody' WHERE FALSE",
      'TRUNCATE TABLE outbox',
    ],
    operator: [
      'UPDATE outbox SET order_id = event_id, payload = NULL WHERE FALSE',
      'UPDATE outbox SET published_at = NULL WHERE FALSE',
      "UPDATE orders SET status = 'paid' WHERE FALSE",
      "INSERT INTO outbox (event_id) VALUES ('e')",
      "UPDATE relay_leases SET owner = 'me' WHERE FALSE",
      "UPDATE operator_audit SET actor = 'nobody' WHERE FALSE",
    ],
  };
  for (const role of ROLES)
    it(`the ${role} is refused by the server what is not its own: ${mayNot[role].length} statements`, async () => {
      const pool = testPool(urlOf(role), { connections: 1 });
      try {
        for (const sql of mayNot[role])
          await pool
            .use((connection) => connection.rows(sql))
            .then(
              () => expect.fail(`it was taken: ${sql}`),
              (cause: unknown) => expect(serverErrorNumber(cause), sql).to.be.oneOf(ACCESS_DENIED),
            );
      } finally {
        await pool.end();
      }
    });

  const settles = ['attempts', 'held_by', 'kafka_offset', 'last_error', 'next_attempt_at', 'published_at', 'status'];
  const redrivesOrReplaces = [
    ...['attempts', 'created_at', 'event_id', 'headers', 'held_by', 'last_error', 'next_attempt_at', 'occurred_at'],
    ...['payload', 'status', 'type', 'version'],
  ];
  const appends = [
    ...['event_id', 'headers', 'kafka_partition', 'occurred_at', 'order_id', 'payload', 'sequence', 'type', 'version'],
  ];
  const mayWrite: readonly (readonly [DatabaseRole, { insert: readonly string[]; update: readonly string[] }])[] = [
    ['api', { insert: appends, update: redrivesOrReplaces }],
    ['relay', { insert: [], update: settles }],
    ['janitor', { insert: [], update: [] }],
    ['operator', { insert: [], update: redrivesOrReplaces }],
  ];
  for (const [role, { insert, update }] of mayWrite)
    it(`of an event the ${role} may insert ${insert.length} columns and update ${update.length}, and is refused the others`, async () => {
      const columns = decoded(
        t.array(t.type({ name: t.string })),
        await asRoot(`SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS
          WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'outbox' AND GENERATION_EXPRESSION = '' ORDER BY name`),
      ).map(({ name }) => name);
      expect(columns).to.have.lengthOf(18);
      const pool = testPool(urlOf(role), { connections: 1 });
      const taken = async (statement: (column: string) => string): Promise<readonly string[]> => {
        const names: string[] = [];
        for (const name of columns)
          await pool
            .use((connection) => connection.write(statement(name)))
            .then(
              () => names.push(name),
              (cause: unknown) =>
                expect(serverErrorNumber(cause), name).to.be.oneOf([TABLE_ACCESS_DENIED, COLUMN_ACCESS_DENIED]),
            );
        return names;
      };
      try {
        expect(
          await taken((name) => `INSERT INTO outbox (${name}) SELECT ${name} FROM outbox WHERE FALSE`),
        ).to.deep.equal(insert);
        expect(await taken((name) => `UPDATE outbox SET ${name} = ${name} WHERE FALSE`)).to.deep.equal(update);
      } finally {
        await pool.end();
      }
    });

  const rightsSeen = async (role: DatabaseRole): Promise<readonly Observation[]> => {
    const pool = testPool(urlOf(role), { connections: 1 });
    try {
      return rightOf(await examineRights(pool, role).run());
    } finally {
      await pool.end();
    }
  };
  for (const role of ROLES)
    it(`the doctor finds that the ${role} has what it needs and nothing else`, async () =>
      expect(await rightsSeen(role)).to.deep.equal([
        { state: 'ok', says: `${nameOf(role)}@% may do what the role ${role} needs` },
      ]));

  it('given a relay that may write all of the outbox, as before / then the doctor says so, and the SQL it prints takes that back', async () => {
    await write(`GRANT SELECT, UPDATE ON outbox TO '${nameOf('relay')}'@'%' WITH GRANT OPTION`);
    await write(`GRANT UPDATE (payload) ON outbox TO '${nameOf('relay')}'@'%'`);
    const wide = (await rightsSeen('relay')).at(-1);
    expect(wide?.says).to.equal(
      `${nameOf('relay')}@% has more than the role relay needs: GRANT OPTION, UPDATE, UPDATE (payload) on ${database.name}.outbox`,
    );
    for (const [statement] of (wide?.mend ?? '').matchAll(/REVOKE [^;]*/g)) await write(statement);
    expect((await rightsSeen('relay')).map(({ state }) => state)).to.deep.equal(['fail']);
    await grant('relay');
    expect((await rightsSeen('relay')).map(({ state }) => state)).to.deep.equal(['ok']);
  });

  it('given rights on the whole database, by patterns that are not escaped / then the SQL that the doctor prints takes them back', async () => {
    const grantee = `'${nameOf('relay')}'@'%'`;
    const patterns = [database.name, database.name.replace('_', '\\_'), `${database.name.slice(0, -1)}_`];
    for (const pattern of patterns) await write(`GRANT ALL ON \`${pattern}\`.* TO ${grantee} WITH GRANT OPTION`);
    const wide = (await rightsSeen('relay')).at(-1);
    const statements = [...(wide?.mend ?? '').matchAll(/REVOKE [^;]*/g)].map(([statement]) => statement);
    expect(statements).to.have.lengthOf(patterns.length);
    for (const statement of statements) await write(statement);
    expect((await rightsSeen('relay')).map(({ state }) => state)).to.deep.equal(['ok']);
  });

  it('nobody has more than is printed: no right to drop, and none on the whole server', async () => {
    const grantees = ROLES.map((role) => `"'${nameOf(role)}'@'%'"`).join(', ');
    expect(
      await asRoot(`SELECT grantee, privilege_type FROM information_schema.user_privileges
        WHERE grantee IN (${grantees}) AND privilege_type <> 'USAGE'`),
    ).to.deep.equal([]);
    expect(
      await asRoot(`SELECT DISTINCT grantee AS who FROM information_schema.schema_privileges
        WHERE grantee IN (${grantees})`),
    ).to.deep.equal([{ who: `'${nameOf('migrator')}'@'%'` }]);
    const pool = testPool(urlOf('migrator'), { connections: 1 });
    try {
      await pool
        .use((connection) => connection.write('DROP TABLE outbox_purges'))
        .then(
          () => expect.fail('it was dropped'),
          (cause: unknown) => expect(serverErrorNumber(cause)).to.equal(TABLE_ACCESS_DENIED),
        );
    } finally {
      await pool.end();
    }
  });
});
