import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { ROOT } from '../environment/checkout.ts';
import type { Run } from '../environment/run.ts';
import type { KindResult, MochaKind } from './kinds.ts';
import { showLines } from './prefixed.ts';
import { testFilesOf } from './test-files.ts';

const MOCHA = fileURLToPath(new URL('lib/cli/cli.js', import.meta.resolve('mocha/package.json')));
const REPORTER = fileURLToPath(new URL('line-reporter.cjs', import.meta.url));
const LINGER_MS = 10_000;

const Counts = t.type({ passed: t.number, failed: t.number, skipped: t.number });
type Counts = t.TypeOf<typeof Counts>;

const readCounts = async (file: string): Promise<Counts | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const counts = Counts.decode(JSON.parse(text));
  return E.isRight(counts) ? counts.right : undefined;
};

/**
 * Node's `require` of ES modules is switched off, because mocha would use it: tests would then see other module rules
 * than the service does.
 */
const NODE_OPTIONS = ['--import', 'tsx', '--no-experimental-require-module'];

/**
 * Runs the tests of one kind in a mocha of its own. Beside failing tests, these count as one failure: a kind without any
 * test, a mocha that ends before its last test, one that ends with an error, and one that does not end.
 */
export const runMochaKind = async (
  kind: MochaKind,
  options: {
    readonly run: Run;
    readonly grep: string | undefined;
    readonly env: Readonly<Record<string, string>>;
    /** Aborted when the time for all tests is over. */
    readonly bound: AbortSignal;
  },
): Promise<KindResult> => {
  const startedAt = performance.now();
  const files = await testFilesOf(kind);
  if (files.length === 0) {
    process.stdout.write(`${kind.padEnd(12)} ✗ there is no test file\n`);
    return { kind, passed: 0, failed: 1, skipped: 0, seconds: 0 };
  }
  const countsFile = join(options.run.directory, `${kind}.json`);
  const mocha = spawn(
    process.execPath,
    [
      ...NODE_OPTIONS,
      MOCHA,
      ...['--reporter', REPORTER, '--reporter-option', `counts=${countsFile}`],
      ...(options.grep === undefined ? [] : ['--grep', options.grep]),
      ...files,
    ],
    {
      cwd: ROOT,
      env: { ...process.env, ...options.run.marker, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: options.bound,
      killSignal: 'SIGKILL',
    },
  );
  showLines(mocha.stdout, kind);
  showLines(mocha.stderr, kind);
  const ended = once(mocha, 'exit').then(
    ([code]) => `ended with code ${String(code)}`,
    () => 'was killed because the time for all tests is over',
  );
  const lingers = new AbortController();
  const ending = await Promise.race([
    ended,
    untilLingering(countsFile, lingers.signal).then(() => 'did not end after its last test: something is still open'),
  ]);
  lingers.abort();
  mocha.kill('SIGKILL');
  await ended;
  const counts = await readCounts(countsFile);
  const result = judge(counts, ending, options.grep);
  if (result.complaint !== undefined) process.stdout.write(`${kind.padEnd(12)} ✗ ${result.complaint}\n`);
  return { kind, ...result.counts, seconds: (performance.now() - startedAt) / 1_000 };
};

/** Resolves LINGER_MS after the counts were written, or never when aborted before. */
const untilLingering = async (countsFile: string, signal: AbortSignal): Promise<void> => {
  try {
    while ((await readCounts(countsFile).catch(() => undefined)) === undefined) await pause(200, undefined, { signal });
    await pause(LINGER_MS, undefined, { signal });
  } catch {
    await new Promise(() => undefined);
  }
};

const judge = (
  counts: Counts | undefined,
  ending: string,
  grep: string | undefined,
): { readonly counts: Counts; readonly complaint?: string } => {
  if (counts === undefined)
    return { counts: { passed: 0, failed: 1, skipped: 0 }, complaint: `mocha ${ending}, before its last test` };
  const more = (complaint: string) => ({ counts: { ...counts, failed: counts.failed + 1 }, complaint });
  if (ending.startsWith('did not end') || ending.startsWith('was killed')) return more(`mocha ${ending}`);
  if (counts.failed === 0 && ending !== 'ended with code 0') return more(`mocha ${ending} although no test failed`);
  if (grep === undefined && counts.passed + counts.failed + counts.skipped === 0) return more('there is no test');
  return { counts };
};
