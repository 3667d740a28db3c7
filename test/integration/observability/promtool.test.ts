import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { obtainPromtool } from '../../../tools/environment/promtool.ts';
import { exposedMetrics, PROCESSES } from '../../support/metrics/exposed-metrics.ts';
import { dashboardQueries, OBSERVABILITY, RULES } from '../../support/metrics/observability-files.ts';

/** Names that the library of metrics gives its own, against the rules. */
const GIVEN = /^nodejs_active_(?:handles|requests|resources)_total /;

describe('by Prometheus’ own tool', function () {
  this.timeout(300_000);
  let program = '';
  let directory = '';

  before(async function () {
    const found = await obtainPromtool((line) => process.stdout.write(`${line}\n`));
    if (typeof found === 'string') {
      process.stdout.write(`skipped, not passed: alerts and metrics were not checked by promtool: ${found}\n`);
      this.skip();
    }
    program = found.program;
    directory = await mkdtemp(join(tmpdir(), 'promtool-'));
  });
  after(() => (directory === '' ? undefined : rm(directory, { recursive: true })));

  const promtool = async (args: readonly string[], input = '') => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString();
      });
    child.stdin.end(input);
    await once(child, 'close');
    return { code: child.exitCode, lines: said.split('\n').filter((line) => line !== '') };
  };

  it('the metrics of every process are found to be well made', async () => {
    const texts = await exposedMetrics();
    for (const kind of PROCESSES) {
      const { lines } = await promtool(['check', 'metrics'], texts.get(kind));
      expect(
        lines.filter((line) => !GIVEN.test(line)),
        kind,
      ).to.deep.equal([]);
    }
  });

  it('alerts and configuration are well formed', async () => {
    const { code, lines } = await promtool(['check', 'config', join(OBSERVABILITY, 'prometheus.yml')]);
    expect(code, lines.join('\n')).to.equal(0);
  });

  it('each alert fires when it must, and is silent when it must not', async () => {
    const { code, lines } = await promtool(['test', 'rules', join(OBSERVABILITY, 'orderly.rules.test.yml')]);
    expect(code, lines.join('\n')).to.equal(0);
  });

  it('each query of the dashboard is one that Prometheus understands', async () => {
    const rules = dashboardQueries().map((expr, index) => ({ record: `panel:${index}`, expr }));
    const file = join(directory, 'panels.yml');
    // JSON is YAML too.
    await writeFile(file, JSON.stringify({ groups: [{ name: 'panels', rules }] }));
    const { code, lines } = await promtool(['check', 'rules', file]);
    expect(code, lines.join('\n')).to.equal(0);
  });

  it('would refuse a rule that it does not understand', async () => {
    const file = join(directory, 'broken.yml');
    await writeFile(
      file,
      JSON.stringify({ groups: [{ name: 'g', rules: [{ alert: 'A', expr: 'max by (job (up)' }] }] }),
    );
    expect((await promtool(['check', 'rules', file])).code).not.to.equal(0);
    expect((await promtool(['check', 'rules', RULES])).code).to.equal(0);
  });
});
