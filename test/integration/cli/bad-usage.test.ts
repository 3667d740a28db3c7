import { expect } from 'chai';
import { runOrder } from '../../../src/composition/run-order.ts';
import { runService } from '../../../src/composition/run-service.ts';

/* What the commands refuse, one line each: exit code 2, nothing on stdout, one line on stderr for each thing wrong. */

const MYSQL = { MYSQL_URL: 'mysql://app:secret@127.0.0.1:1/orders' };
const BOTH = { ...MYSQL, KAFKA_BROKERS: '127.0.0.1:1' };
const ID = '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10';

type Case = readonly [
  entry: 'order' | 'main',
  args: string,
  env: Readonly<Record<string, string>>,
  lines: readonly RegExp[],
];

const cases: readonly Case[] = [
  ['order', 'outbox list --stauts PENDING', MYSQL, [/unknown option '--stauts'.*--status/]],
  ['order', 'outbox list --status', MYSQL, [/'--status <status>' argument missing/]],
  ['order', 'outbox list --status LOST', MYSQL, [/'LOST' is invalid.*PENDING, COMPLETED, QUARANTINED/]],
  ['order', 'outbox list --limit 0', MYSQL, [/--limit.*'0' is invalid.*from 1 to 1000/]],
  ['order', 'outbox list --limit many', MYSQL, [/--limit.*'many' is invalid/]],
  ['order', 'outbox list --before yesterday', MYSQL, [/--before.*must be what the page before has told/]],
  ['order', 'outbox blocked --after 1_000', MYSQL, [/--after.*must be what the page before has told/]],
  ['order', 'audit --before', MYSQL, [/'--before <cursor>' argument missing/]],
  ['order', 'outbox list --order 1', MYSQL, [/--order.*must be an order ID/]],
  ['order', 'outbox list extra', MYSQL, [/too many arguments/]],
  ['order', 'outbox show', MYSQL, [/missing required argument 'event-id'/]],
  ['order', 'outbox show 1', MYSQL, [/'1' is invalid.*must be a UUID/]],
  ['order', 'outbox redrive', MYSQL, [/missing required argument 'event-id'/]],
  ['order', `outbox redrive ${ID} x`, MYSQL, [/'x' is invalid.*must be a UUID/]],
  ['order', `outbox redrive ${ID} --reason`, MYSQL, [/'--reason <text>' argument missing/]],
  ['order', 'outbox skip --reason why', MYSQL, [/missing required argument 'event-id'/]],
  ['order', 'outbox skip 1 --reason why', MYSQL, [/'1' is invalid.*must be a UUID/]],
  [
    'order',
    `outbox skip ${ID}`,
    MYSQL,
    [/required option '--reason <text>' not specified.*\(see order outbox skip --help\)$/],
  ],
  ['order', `outbox skip ${ID} --reason`, MYSQL, [/'--reason <text>' argument missing/]],
  ['order', `outbox skip ${ID} --reason ${'x'.repeat(501)}`, MYSQL, [/one line of 1 to 500 characters/]],
  ['order', `outbox skip ${ID} ${ID} --reason why`, MYSQL, [/too many arguments/]],
  ['order', 'consumers parked', MYSQL, [/missing required argument 'consumer'/]],
  ['order', 'consumers parked payment --cause luck', MYSQL, [/--cause.*'luck' is invalid.*handler-failed/]],
  ['order', 'consumers reprocess payment --reason why', MYSQL, [/name one order, or say --all/]],
  ['order', `consumers reprocess payment ${ID}`, MYSQL, [/required option '--reason <text>' not specified/]],
  ['order', 'consumers reprocess payment 1 --reason why', MYSQL, [/must be a UUID/]],
  ['order', 'grants', {}, [/missing required argument 'role'/]],
  ['order', 'grants boss', {}, [/'boss' is invalid.*migrator, api, relay, janitor, operator/]],
  ['order', "grants api --user o'neill", {}, [/--user.*1 to 32 of letters/]],
  ['order', "grants api --host '%", {}, [/--host.*a host name or address/]],
  ['order', 'grants api --database a`b', {}, [/--database.*1 to 64 of letters/]],
  ['order', 'grants consumer', {}, [/--database: a consumer has one of its own/]],
  ['order', 'outbox purge', MYSQL, [/required option '--older-than <age>' not specified/]],
  ['order', 'outbox purge --older-than', MYSQL, [/'--older-than <age>' argument missing/]],
  ['order', 'outbox purge --older-than soon', MYSQL, [/--older-than.*'soon' is invalid.*like 90m, 36h or 7d/]],
  ['order', 'outbox purge --older-than 7', MYSQL, [/--older-than.*'7' is invalid/]],
  ['order', 'outbox purge --older-than -7d', MYSQL, [/--older-than.*'-7d' is invalid/]],
  ['order', 'outbox purge --older-than 59m', MYSQL, [/--older-than must be at least 1h: /]],
  ['order', 'outbox purge --older-than 0d --dry-run', MYSQL, [/--older-than must be at least 1h: /]],
  ['order', 'outbox purge --older-than 7d --limit 0', MYSQL, [/--limit.*'0' is invalid.*from 1 to/]],
  ['order', 'outbox purge --older-than 7d --limit 1.5', MYSQL, [/--limit.*'1.5' is invalid/]],
  ['order', 'outbox purge --older-than 7d', MYSQL, [/cannot .*ECONNREFUSED.*check MYSQL_URL/]],
  ['order', 'outbox debezium-config --database a-b', {}, [/--database.*'a-b' is invalid.*letters, digits and _/]],
  ['order', 'outbox debezium-config --topic a/b', {}, [/--topic.*'a\/b' is invalid.*a topic name/]],
  ['order', 'outbox lsit', MYSQL, [/unknown command 'lsit'.*list.*\(see order outbox --help\)$/]],
  ['order', 'explian', MYSQL, [/unknown command 'explian'.*explain.*\(see order --help\)$/]],
  ['order', 'explain', MYSQL, [/missing required argument 'order-id'/]],
  ['order', "explain ';DROP", MYSQL, [/must be an order ID/]],
  ['order', 'event new', {}, [/missing required argument 'name'/]],
  ['order', 'event new OrderLost --field place', {}, [/--field.*'place' is invalid.*name:Codec/]],
  ['order', 'event new OrderLost --in lost', {}, [/--in.*'lost' is invalid.*placed, paid, shipped/]],
  ['order', 'event new OrderLost', {}, [/use npm run order in a checkout/]],
  ['order', 'event lsit', {}, [/unknown command 'lsit'.*list/]],
  ['order', 'outbox stats', {}, [/MYSQL_URL is not set: set it to mysql:/]],
  ['order', 'outbox stats', { MYSQL_URL: '' }, [/MYSQL_URL is empty/]],
  ['order', 'outbox stats', { MYSQL_URL: 'mysql:/db' }, [/MYSQL_URL is not acceptable/]],
  ['order', 'outbox stats', { ...MYSQL, MYSQL_CONNECTIONS: '0' }, [/MYSQL_CONNECTIONS is "0"/]],
  ['order', 'outbox stats', MYSQL, [/cannot .*ECONNREFUSED.*check MYSQL_URL/]],
  ['order', 'migrate', MYSQL, [/cannot migrate: .*ECONNREFUSED.*check MYSQL_URL/]],
  ['order', 'doctor', {}, [/MYSQL_URL is not set/, /KAFKA_BROKERS is not set/]],
  ['main', '--rloe api', BOTH, [/unknown option '--rloe'.*--role/]],
  ['main', '--role', BOTH, [/'--role <role>' argument missing/]],
  ['main', '--role boss', BOTH, [/'boss' is invalid.*api, relay, all/]],
  ['main', '--role api now', BOTH, [/too many arguments/]],
  ['main', '', {}, [/MYSQL_URL is not set/, /KAFKA_BROKERS is not set/]],
  [
    'main',
    '',
    { ...BOTH, RELAY_LEASE_MS: '5000' },
    [/KAFKA_REQUEST_TIMEOUT_MS is 5000.*RELAY_LEASE_MS/, /MYSQL_QUERY/],
  ],
  ['main', '', { ...BOTH, HTTP_PORT: 'x', LOG_LEVEL: '' }, [/HTTP_PORT is "x"/, /LOG_LEVEL is empty/]],
  ['main', '', { ...BOTH, HTTP_HOST: 'no.such.host.invalid' }, [/cannot listen.*set HTTP_HOST/]],
];

const runMain = (launch: Parameters<typeof runOrder>[0]): Promise<number> => runService(undefined, launch);

describe('commands refuse bad usage in one clear line, with exit code 2', function () {
  this.timeout(60_000);
  for (const [entry, args, env, lines] of cases) {
    const settings = Object.entries(env)
      .filter(([name, value]) => value !== BOTH[name as keyof typeof BOTH])
      .map(([name, value]) => `${name}=${value} `);
    it(`${settings.join('')}${entry} ${args}`, async () => {
      const out: string[] = [];
      const err: string[] = [];
      const code = await (entry === 'order' ? runOrder : runMain)({
        argv: args === '' ? [] : args.split(' '),
        env: { LOG_LEVEL: 'silent', ...env },
        terminal: { out: (line) => out.push(line), err: (line) => err.push(line) },
      });
      expect(err).to.have.lengthOf(lines.length);
      for (const [index, pattern] of lines.entries()) expect(err[index]).to.match(pattern);
      expect(out).to.deep.equal([]);
      expect(code).to.equal(2);
      expect(err.join()).not.to.match(/secret|\n/);
    });
  }
});
