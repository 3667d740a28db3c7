import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as t from 'io-ts';
import { ROOT } from '../../../tools/environment/checkout.ts';
import { decoded } from '../decoded.ts';

/* What deploy/observability and docs/runbooks hold, read as far as the tests need it. */

export const OBSERVABILITY = join(ROOT, 'deploy/observability');
export const RULES = join(OBSERVABILITY, 'orderly.rules.yml');

export interface Alert {
  readonly name: string;
  readonly expr: string;
  /** Below the root of the checkout. */
  readonly runbook: string;
  readonly severity: string;
}

const unquoted = (text: string): string => text.replace(/^'(.*)'$/, '$1').replaceAll("''", "'");
const fieldOf = (rule: string, name: string): string =>
  unquoted(new RegExp(`^ +${name}: (.*)$`, 'm').exec(rule)?.[1] ?? '');

/** Each rule begins with `- alert:`, with one field a line; promtool sees that the file is what it seems. */
export const alerts = (text = readFileSync(RULES, 'utf8')): readonly Alert[] =>
  text
    .split(/^ +- alert: /m)
    .slice(1)
    .map((rule) => ({
      name: rule.split('\n')[0] ?? '',
      expr: fieldOf(rule, 'expr'),
      runbook: fieldOf(rule, 'runbook_url'),
      severity: fieldOf(rule, 'severity'),
    }));

const Target = t.type({ expr: t.string });
const Panel = t.intersection([
  t.type({ title: t.string, type: t.string }),
  t.partial({ targets: t.array(Target), description: t.string }),
]);
const Dashboard = t.type({ title: t.string, panels: t.array(Panel) });

export const dashboard = (): t.TypeOf<typeof Dashboard> =>
  decoded(Dashboard, JSON.parse(readFileSync(join(OBSERVABILITY, 'orderly.dashboard.json'), 'utf8')));

/** Every query of the dashboard, as Grafana asks it of Prometheus. */
export const dashboardQueries = (): readonly string[] =>
  dashboard().panels.flatMap(({ targets = [] }) =>
    targets.map(({ expr }) => expr.replaceAll('$__rate_interval', '5m')),
  );

export const runbooks = (): readonly string[] =>
  readdirSync(join(ROOT, 'docs/runbooks')).map((name) => `docs/runbooks/${name}`);

/** Names of metrics in a query: what stands before a selector, a range, or alone, and is no function or keyword of PromQL. */
export const metricsIn = (expr: string): readonly string[] => {
  const bare = expr.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""').replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, '');
  const names = bare.replaceAll(/\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  return [...names.matchAll(/\b([a-z_:][a-z0-9_:]*)\b(?!\s*\()/gi)]
    .map(([, name = '']) => name)
    .filter((name) => !/^(?:and|or|unless|bool|offset|by|on|[0-9.]+[smhdwy]|[smhdwy])$/.test(name));
};
