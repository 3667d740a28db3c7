import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../environment/checkout.ts';
import type { KindResult } from './kinds.ts';
import { showLines } from './prefixed.ts';
import { strayTestFiles } from './test-files.ts';

const CACHE = 'node_modules/.cache/orderly';
const TOOLS = {
  types: ['typescript/bin/tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', `${CACHE}/types.json`],
  lint: ['eslint/bin/eslint.js', '.'],
  format: ['prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
} as const;
/** What changed is told by content: a fresh checkout has fresh times. */
const LINT_CACHE = ['--cache', '--cache-strategy', 'content', '--cache-location', `${CACHE}/lint.json`];
const FORMAT_CACHE = ['--cache', '--cache-strategy', 'content', '--cache-location', `${CACHE}/format.json`];

const runTool = async ([program, ...args]: readonly [string, ...string[]], bound: AbortSignal): Promise<boolean> => {
  const child = spawn(process.execPath, [join(ROOT, 'node_modules', program), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: bound,
    killSignal: 'SIGKILL',
  });
  showLines(child.stdout, 'static');
  showLines(child.stderr, 'static');
  return once(child, 'exit').then(
    ([code]) => code === 0,
    () => false,
  );
};

/** Every test file lies where one of the kinds looks for it. */
const checkTestFolders = async (): Promise<boolean> => {
  const stray = await strayTestFiles();
  for (const file of stray)
    process.stdout.write(`static       ${file} is in a folder of no kind and would never run\n`);
  return stray.length === 0;
};

/** Types, lint, format and test folders, each counted as one test. */
export const runStaticChecks = async (bound: AbortSignal, quick: boolean): Promise<KindResult> => {
  const startedAt = performance.now();
  const checks: Readonly<Record<string, () => Promise<boolean>>> = {
    'test folders': checkTestFolders,
    types: () => runTool(TOOLS.types, bound),
    format: () => runTool([...TOOLS.format, ...(quick ? FORMAT_CACHE : [])], bound),
    lint: () => runTool([...TOOLS.lint, ...(quick ? LINT_CACHE : [])], bound),
  };
  let passed = 0;
  for (const [name, check] of Object.entries(checks)) {
    const ok = await check();
    if (ok) passed += 1;
    process.stdout.write(`static       ${ok ? '✓' : '✗'} ${name}\n`);
  }
  const failed = Object.keys(checks).length - passed;
  return { kind: 'static', passed, failed, skipped: 0, seconds: (performance.now() - startedAt) / 1_000 };
};
