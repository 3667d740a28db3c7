import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';
import * as E from 'fp-ts/lib/Either.js';
import { EnvironmentError, messageOf } from '../tools/environment/environment-error.ts';
import { readBenchOptions, type BenchOptions } from './bench-options.ts';
import { benchHtml } from './report/bench-html.ts';
import { benchTable } from './report/bench-table.ts';
import { comparisonTable, readEarlier } from './report/comparison.ts';
import { runBench } from './run-bench.ts';

/* `npm run bench`: exit 0 measured, 2 could not measure. It judges nothing. */

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const folderOf = ({ reportDir }: BenchOptions): string =>
  resolve(reportDir ?? join('.order', 'bench', new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')));

const bench = async (options: BenchOptions): Promise<number> => {
  const earlier = options.compare === undefined ? undefined : await readEarlier(options.compare);
  if (earlier !== undefined && E.isLeft(earlier)) {
    say(`bench: ${earlier.left}`);
    return 2;
  }
  const folder = folderOf(options);
  await mkdir(folder, { recursive: true });
  const result = await runBench(options, folder, (line) => say(`  ${line}`));
  const json = `${JSON.stringify(result, null, 2)}\n`;
  await writeFile(join(folder, 'bench.json'), json);
  await writeFile(join(folder, 'bench.html'), await benchHtml(result));
  const tables = [
    benchTable(result),
    ...(earlier === undefined ? [] : [comparisonTable(earlier.right, result.figures)]),
  ];
  (options.json ? process.stderr : process.stdout).write(`\n${tables.join('\n')}\n`);
  say(join(folder, 'bench.json'));
  say(join(folder, 'bench.html'));
  if (options.json) process.stdout.write(json);
  return 0;
};

const main = async (): Promise<number> => {
  const options = readBenchOptions(process.argv.slice(2));
  if (E.isRight(options)) return bench(options.right);
  if (options.left._tag === 'Print') process.stdout.write(options.left.text);
  else say(`bench: ${options.left.message} (--help shows all)`);
  return options.left._tag === 'Print' ? 0 : 2;
};

const brokeDown = (cause: unknown): void => {
  const unexpected = cause instanceof Error && !(cause instanceof EnvironmentError);
  say(`bench: ${unexpected ? (cause.stack ?? cause.message) : messageOf(cause)}`);
  process.exit(2);
};

main().then((code) => process.exit(code), brokeDown);
