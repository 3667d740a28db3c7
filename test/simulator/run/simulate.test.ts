import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as t from 'io-ts';
import { runEntry } from './run-entry.ts';

const Report = t.type({
  verdict: t.string,
  seed: t.number,
  reproduce: t.string,
  orders: t.type({ requested: t.number, accepted: t.number, delivered: t.number, cancelled: t.number }),
  events: t.type({ lost: t.number, phantom: t.number, outOfOrder: t.number, released: t.number, skipped: t.number }),
  faults: t.array(t.type({ kind: t.string, target: t.string, healedAt: t.string })),
});

const reportIn = (text: string): t.TypeOf<typeof Report> => {
  const decoded = Report.decode(JSON.parse(text));
  if (decoded._tag === 'Left') throw new Error(`this is no report: ${text.slice(0, 500)}`);
  return decoded.right;
};

describe('a whole simulation on real servers', function () {
  this.timeout(240_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulate-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('given a relay that is killed, copies on the topic and an event that cannot be published at first, passes', async () => {
    const args = '--orders 60 --rate 10 --seed 21 --faults relay-kill,duplicate-delivery,poison --json --report'.split(
      ' ',
    );
    const { code, stdout, stderr } = await runEntry('simulator/main.ts', [...args, folder]).ended;
    expect(code, stderr).to.equal(0);
    const report = reportIn(stdout);
    expect(stdout).to.equal(readFileSync(join(folder, 'report.json'), 'utf8'));
    expect(report).to.deep.include({ verdict: 'pass', seed: 21 });
    expect(report.orders).to.include({ requested: 61, accepted: 61 });
    expect(report.orders.delivered + report.orders.cancelled).to.equal(61);
    expect(report.events).to.deep.include({ lost: 0, phantom: 0, outOfOrder: 0, released: 2 });
    expect(new Set(report.faults.map(({ kind }) => kind))).to.deep.equal(
      new Set(['relay-kill', 'duplicate-delivery', 'poison']),
    );
    expect(stderr).to.include('QUARANTINED after 7 attempts').and.to.include('PASS');
    for (const file of ['report.html', 'junit.xml', 'history.jsonl'])
      expect(existsSync(join(folder, file)), file).to.be.true;
  });

  it('given a relay that publishes with the other Kafka client, and is killed, passes', async () => {
    const args = '--orders 30 --rate 10 --seed 23 --faults relay-kill --json --report'.split(' ');
    const env = { ...process.env, KAFKA_CLIENT: 'platformatic' };
    const { code, stdout, stderr } = await runEntry('simulator/main.ts', [...args, folder], env).ended;
    expect(code, stderr).to.equal(0);
    expect(reportIn(stdout)).to.deep.include({ verdict: 'pass', seed: 23 });
    expect(readFileSync(join(folder, 'logs/relay.log'), 'utf8')).to.include('"kafkaClient":"platformatic"');
  });

  it('given an event that is skipped, passes: its successor follows, and no consumer takes the skip for a loss or for work', async () => {
    const args = '--orders 15 --rate 10 --seed 22 --faults poison-skip --json --report'.split(' ');
    const { code, stdout, stderr } = await runEntry('simulator/main.ts', [...args, folder]).ended;
    expect(code, stderr).to.equal(0);
    expect(stderr).to.match(
      /went on in order: 1 OrderPlaced \(skipped\), 1 EventSkipped \(published\), 2 OrderCancelled \(published\)/,
    );
    const { verdict, events } = reportIn(stdout);
    expect(verdict).to.equal('pass');
    expect(events).to.deep.include({ lost: 0, phantom: 0, outOfOrder: 0, skipped: 1 });
  });

  it('given Ctrl-C, ends in order with what it has seen, and says that this is no verdict', async () => {
    const entry = runEntry('simulator/main.ts', ['--orders', '600', '--rate', '10', '--json', '--report', folder]);
    await entry.saying(/published [1-9]/);
    entry.signal('SIGINT');
    const { code, stdout } = await entry.ended;
    expect(code).to.equal(2);
    expect(reportIn(stdout).verdict).to.equal('unknown');
  });

  it('given Ctrl-C twice, ends at once', async () => {
    const entry = runEntry('simulator/main.ts', ['--orders', '600', '--rate', '10', '--report', folder]);
    await entry.saying(/published [1-9]/);
    entry.signal('SIGINT');
    await entry.saying(/press Ctrl-C again/);
    entry.signal('SIGINT');
    const { code, stdout } = await entry.ended;
    expect(code).to.equal(2);
    expect(stdout).to.include('Ended at once').and.not.to.include('Report:');
  });

  it('given Ctrl-C in a row with an environment of its own, ends it without a verdict', async () => {
    const own = { ...process.env, MYSQL_URL: '', KAFKA_BROKERS: '' };
    const args = ['--faults', 'matrix', '--rows', 'wrong-host', '--json', '--report', folder];
    const entry = runEntry('simulator/main.ts', args, own);
    await entry.saying(/looks for MySQL at/);
    entry.signal('SIGINT');
    const { code, stdout } = await entry.ended;
    expect(code).to.equal(2);
    expect(stdout).to.include('not decided: the matrix was ended early');
  });

  it('given a reader that closes the pipe, ends in order too, without a word about it', async () => {
    const entry = runEntry('simulator/main.ts', ['--orders', '600', '--rate', '10', '--report', folder]);
    await entry.saying(/published [1-9]/);
    entry.closeStdout();
    const { code, stderr } = await entry.ended;
    expect(code).to.equal(2);
    expect(stderr).to.equal('');
    expect(reportIn(readFileSync(join(folder, 'report.json'), 'utf8')).verdict).to.equal('unknown');
  });
});
