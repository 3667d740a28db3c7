import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { LOG_DISCREPANCIES } from '../../src/application/operations/log-discrepancies.ts';
import { ROOT } from '../../tools/environment/checkout.ts';
import { exposedMetrics } from '../support/metrics/exposed-metrics.ts';
import { readExposition, seriesNamesOf } from '../support/metrics/exposition.ts';
import {
  alerts,
  dashboard,
  dashboardQueries,
  metricsIn,
  OBSERVABILITY,
  runbooks,
} from '../support/metrics/observability-files.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const HEADINGS = ['## What it means', '## Where to look', '## What to do', '## What not to do'];
const LINK = /\]\((?!https?:)([^)#\s]+)(?:#[^)]*)?\)/g;

describe('alerts, dashboard and runbooks', function () {
  this.timeout(30_000);
  const families = new Set<string>();
  /** Of Prometheus itself. */
  const series = new Set(['up']);
  before(async () => {
    for (const text of (await exposedMetrics()).values())
      for (const family of readExposition(text)) {
        families.add(family.name);
        for (const name of seriesNamesOf(family)) series.add(name);
      }
  });

  for (const { name, expr } of alerts())
    it(`${name} asks for metrics that there are`, () => {
      expect(metricsIn(expr)).not.to.deep.equal([]);
      expect(metricsIn(expr).filter((metric) => !series.has(metric))).to.deep.equal([]);
    });

  it('the dashboard asks for metrics that there are, and each of its panels says what it shows', () => {
    expect(dashboardQueries().length).to.be.greaterThan(30);
    expect(
      dashboardQueries()
        .flatMap(metricsIn)
        .filter((metric) => !series.has(metric)),
    ).to.deep.equal([]);
    const silent = dashboard().panels.filter(({ type, description }) => type !== 'row' && description === undefined);
    expect(silent).to.deep.equal([]);
  });

  it('each alert leads to a page of its own, and each page is led to', () => {
    const fromDoctor = /docs\/runbooks\/[\w-]+\.md/.exec(LOG_DISCREPANCIES.phantom.mend)?.[0] ?? '';
    const led = [...alerts().map(({ runbook }) => runbook), fromDoctor];
    expect(led.toSorted()).to.deep.equal(runbooks().toSorted());
  });

  for (const path of runbooks())
    it(`${path} names its alert, and says what it means, where to look, what to do and what not`, () => {
      const text = read(path);
      const own = alerts().find(({ runbook }) => runbook === path);
      if (own !== undefined) expect(text).to.include(`Alert \`${own.name}\`.`);
      expect(text.match(/^## .*$/gm)).to.deep.equal(HEADINGS);
      for (const heading of HEADINGS) expect(text.split(heading)[1]?.trim().length).to.be.greaterThan(40);
    });

  it('every link of the guide and the runbooks leads somewhere', () => {
    const dead = ['docs/operating.md', ...runbooks()].flatMap((path) =>
      [...read(path).matchAll(LINK)]
        .map(([, target = '']) => new URL(target, `file:///${path}`).pathname.slice(1))
        .filter((target) => {
          try {
            return read(target) === '';
          } catch (cause) {
            return !(cause instanceof Error && 'code' in cause && cause.code === 'EISDIR');
          }
        }),
    );
    expect(dead).to.deep.equal([]);
  });

  it('every page that the doctor names is there', () => {
    const sources = [
      ...['application/operations/judge-relays.ts', 'application/operations/consumer-discrepancies.ts'],
      'infrastructure/kafka/examine-lag.ts',
    ];
    const named = sources.flatMap((path) => read(`src/${path}`).match(/docs\/runbooks\/[\w-]+\.md/g) ?? []);
    expect(named.length).to.be.greaterThan(3);
    expect(named.filter((path) => !runbooks().includes(path))).to.deep.equal([]);
  });

  it('docs/operating.md tells of every alert with its severity, and of every metric of the service', () => {
    const guide = read('docs/operating.md');
    for (const { name, severity, runbook } of alerts())
      expect(guide).to.include(`| [\`${name}\`](${runbook.replace('docs/', '')}) | ${severity} |`);
    const kit = read('docs/consumer-kit.md');
    const untold = [...families].filter(
      (name) => name.startsWith('orderly_') && !`${guide}${kit}`.includes(`\`${name}\``),
    );
    expect(untold).to.deep.equal([]);
  });

  it('each alert is tried, firing and silent', () => {
    const tried = readFileSync(join(OBSERVABILITY, 'orderly.rules.test.yml'), 'utf8');
    const untried = alerts().flatMap(({ name }) =>
      [`- name: ${name} fires`, `- name: ${name} is silent`].filter((line) => !tried.includes(line)),
    );
    expect(untried).to.deep.equal([]);
  });

  it('would see a metric that there is not, wherever it stands in a query', () => {
    const query =
      'max by (job) (gone_a{job=~"b"}) + on (job) rate(gone_c[5m:1m]) > bool 3 or absent(gone_d) unless time() > 5m';
    expect(metricsIn(query)).to.deep.equal(['gone_a', 'gone_c', 'gone_d']);
  });
});
