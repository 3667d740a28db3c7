import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runEntry } from './run-entry.ts';

/* Nothing is started in these tests: what is wrong is told before. */

describe('the command lines of the simulator', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'simulate-'));
    writeFileSync(join(folder, 'a-file'), '');
  });
  after(() => rmSync(folder, { recursive: true }));

  const refused: readonly (readonly ['simulator/main.ts' | 'simulator/demo.ts', readonly string[], RegExp])[] = [
    ['simulator/main.ts', ['--rate', '0'], /--rate/],
    ['simulator/main.ts', ['--faults', 'meteor'], /--faults/],
    ['simulator/main.ts', ['--deterministic', '--orders', '5'], /--deterministic/],
    ['simulator/main.ts', ['--report', '<file>/below'], /--report/],
    ['simulator/demo.ts', ['--seed', 'abc'], /--seed/],
    ['simulator/demo.ts', ['--speed'], /--speed/],
    ['simulator/demo.ts', ['--report', '<file>/below'], /--report/],
  ];
  for (const [entry, args, names] of refused)
    it(`${entry} refuses ${args.join(' ')} with exit code 2 and one line`, async () => {
      const told = args.map((arg) => arg.replace('<file>', join(folder, 'a-file')));
      const { code, stdout, stderr } = await runEntry(entry, told, { ...process.env, KAFKA_BROKERS: '' }).ended;
      expect(code).to.equal(2);
      expect(stdout).to.equal('');
      expect(stderr)
        .to.match(names)
        .and.to.match(/^[^\n]+\n$/);
    }).timeout(60_000);

  it('refuses to break a broker that is not its own', async () => {
    const environment = { ...process.env, KAFKA_BROKERS: '127.0.0.1:9' };
    for (const [entry, args] of [
      ['simulator/main.ts', ['--faults', 'broker-restart']],
      ['simulator/demo.ts', []],
    ] as const) {
      const { code, stderr } = await runEntry(entry, args, environment).ended;
      expect(code).to.equal(2);
      expect(stderr)
        .to.match(/KAFKA_BROKERS/)
        .and.to.match(/^[^\n]+\n$/);
    }
  }).timeout(60_000);

  it('lists the faults on stdout', async () => {
    const { code, stdout } = await runEntry('simulator/main.ts', ['--faults', 'list']).ended;
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^ *4 +commit-answer-lost .+\n/m)
      .and.to.match(/^ – +relay-kill .+\n/m)
      .and.to.match(/^ – +kill-any /m);
  }).timeout(60_000);

  it('lists the faults for a reader that closes the pipe, without a word about it', async () => {
    const entry = runEntry('simulator/main.ts', ['--faults', 'list']);
    entry.closeStdout();
    const { code, stderr } = await entry.ended;
    expect(code).to.equal(0);
    expect(stderr).to.equal('');
  }).timeout(60_000);
});
