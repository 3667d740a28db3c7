import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { consumerVariables, decodeConsumerSettings } from '../../../src/infrastructure/consumer-config.ts';
import type { Environment } from '../../../src/infrastructure/consumer-config.ts';
import { ConsumerTelemetry, registerConsumerGauges } from '../../../src/infrastructure/telemetry/consumer-telemetry.ts';
import { JanitorTelemetry } from '../../../src/infrastructure/telemetry/janitor-telemetry.ts';
import { MySqlMetrics } from '../../../src/infrastructure/telemetry/mysql-metrics.ts';
import { registerWallClockGauge } from '../../../src/infrastructure/telemetry/wall-clock-gauge.ts';
import { leftOf, rightOf } from '../../support/decoded.ts';
import { impatientClock } from './consumer-house.ts';

const ROOT = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Cells of the rows whose first cell is a code span, with the bars around them gone. */
const rowsOf = (text: string): readonly (readonly [name: string, ...rest: string[]])[] =>
  text.split('\n').flatMap((line) => {
    const [, name, rest] = /^\| `([^`]+)` \| ?(.*) ?\|$/.exec(line) ?? [];
    return name === undefined || rest === undefined ? [] : [[name, ...rest.split(' | ').map((cell) => cell.trim())]];
  });

const sectionOf = (text: string, title: string): string => text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

describe('docs/consumer-kit.md', () => {
  const document = read('docs/consumer-kit.md');

  describe('the table of settings', () => {
    const FOR_TESTS = ['FAILPOINT', 'ON_SIGUSR2'];
    const rows = rowsOf(sectionOf(document, 'Settings'));
    const needed: Environment = {
      CONSUMER_MYSQL_URL: 'mysql://app:secret@127.0.0.1:3306/points',
      KAFKA_BROKERS: '127.0.0.1:9092',
      ORDERS_API_URL: 'http://127.0.0.1:8080',
    };
    const settingsWith = (env: Environment): unknown =>
      rightOf(decodeConsumerSettings({ ...needed, ...env }, {})).settings;

    it('has every variable, in the order of the code', () =>
      expect(rows.map(([name]) => name)).to.deep.equal([...Object.keys(consumerVariables), 'ON_SIGUSR2']));

    it('says which must be set', () => {
      const named = rows.filter(([, byDefault]) => byDefault === 'must be set').map(([name]) => name);
      const missing = leftOf(decodeConsumerSettings({}, {})).map(({ variable }) => variable);
      expect(named).to.deep.equal(missing);
    });

    for (const [name, byDefault = '', takes] of rows.filter(([each]) => !FOR_TESTS.includes(each)))
      it(`tells the default of ${name}, and what it takes`, () => {
        const codec = Object.entries(consumerVariables).find(([each]) => each === name)?.[1];
        expect(takes).to.equal(codec?.name);
        const told = /^`(.+)`$/.exec(byDefault)?.[1];
        if (told !== undefined) expect(settingsWith({ [name]: told })).to.deep.equal(settingsWith({}));
      });
  });

  it('names every metric of a consumer, and no other', async () => {
    const registry = new Registry();
    const log = pino({ level: 'silent' });
    new ConsumerTelemetry(registry, log);
    new JanitorTelemetry(registry, log, impatientClock, 'inbox');
    new MySqlMetrics(registry);
    registerWallClockGauge(registry, impatientClock);
    const nothing = TE.left({ _tag: 'StorageUnavailable' as const, action: 'ask', cause: 'no database' });
    const progress = { ofOrder: () => nothing, stats: () => nothing };
    registerConsumerGauges(registry, { progress, pausedPartitions: () => 0, lag: () => 0, joined: () => true });
    const names = (await registry.getMetricsAsJSON()).map(({ name }) => name);
    const told = rowsOf(sectionOf(document, 'Health, progress, metrics')).map(([name]) => name);
    expect(told.toSorted()).to.deep.equal(names.toSorted());
  });

  /** An event type that is added is ignored by the example, and changes nothing that the document has to say. */
  const withoutIgnored = (code: string): string => code.replace(/^ *\w+: ignore,\n/gm, '');

  for (const path of ['docs/consumer-kit.md', 'README.md'])
    it(`shows the example that is tested: ${path}`, () => {
      const example = withoutIgnored(read('examples/loyalty-points/src/points.ts'));
      expect(withoutIgnored(read(path))).to.include(`\`\`\`ts\n${example}\`\`\``);
    });
});
