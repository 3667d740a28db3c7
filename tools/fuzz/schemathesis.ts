import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { cacheDirectory, cached } from '../environment/cache.ts';
import { findProgram, runCommand } from '../environment/command.ts';
import { EnvironmentError, messageOf } from '../environment/environment-error.ts';
import type { Progress } from '../environment/progress.ts';
import type { FuzzOptions } from './fuzz-options.ts';

const VERSION = '4.32.5';
const INSTALL_MS = 300_000;

/**
 * What an answer must be, whatever was asked: no 5xx, of a status, a type and a shape that the document names. What is
 * refused, and how, is tested case by case elsewhere; the document does not say it in full.
 */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'ignored_auth',
];

const Outcome = t.type({
  complete: t.boolean,
  test_cases: t.type({ generated: t.number, with_failures: t.number, errored: t.number }),
  operations: t.type({ total: t.number, tested: t.number }),
  errors: t.array(t.type({ title: t.string, count: t.number })),
});
export type Outcome = t.TypeOf<typeof Outcome>;

/** The program, in a Python environment of its own that is made once. */
export const obtainSchemathesis = async (progress: Progress): Promise<string> => {
  const python = await findProgram('python3');
  if (python === undefined) throw new EnvironmentError('no python3 on the PATH: Schemathesis needs 3.10 or later');
  const directory = join(cacheDirectory(), `schemathesis-${VERSION}`);
  try {
    await cached(join(directory, 'ready'), progress, async (unfinished) => {
      progress(`fuzz: installing Schemathesis ${VERSION} (once)`);
      // Its programs know where they are, so it is made in its place; `ready` says that it is whole.
      const place = join(directory, 'python');
      await rm(place, { recursive: true, force: true });
      await runCommand(python, ['-m', 'venv', place], { timeoutMs: INSTALL_MS });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`];
      await runCommand(join(place, 'bin', 'python'), pip, { timeoutMs: INSTALL_MS });
      await writeFile(unfinished, '');
    });
  } catch (cause) {
    throw new EnvironmentError(`Schemathesis ${VERSION} could not be installed: ${messageOf(cause)}`, { cause });
  }
  return join(directory, 'python', 'bin', 'st');
};

/** Python’s patterns know no classes of Unicode; without them, the texts are as odd as the kind allows. */
const withoutUnicodeClasses = (document: string): string =>
  JSON.stringify(
    JSON.parse(document, (key, value: unknown) =>
      key === 'pattern' && typeof value === 'string' && value.includes('\\p{') ? undefined : value,
    ),
  );

/** Runs it against an API, its own output on stderr. Answers what it counted; its exit code says the same. */
export const runSchemathesis = async (
  program: string,
  apiUrl: string,
  token: string,
  { examples, seed, directory }: FuzzOptions & { readonly directory: string },
): Promise<Outcome> => {
  const report = join(directory, 'schemathesis.json');
  const document = join(directory, 'openapi.json');
  await writeFile(document, withoutUnicodeClasses(await (await fetch(`${apiUrl}/openapi.json`)).text()));
  const args = [
    ...['run', document, '--url', apiUrl, '--checks', CHECKS.join(',')],
    ...['--max-examples', `${examples}`, '--seed', `${seed}`, '--continue-on-failure'],
    ...['--header', `Authorization: Bearer ${token}`, '--warnings', 'off', '--suppress-health-check', 'all'],
    ...['--report', 'json', '--report-json-path', report],
  ];
  const child = spawn(program, args, { cwd: directory, stdio: ['ignore', 2, 2] });
  await once(child, 'exit');
  const outcome = Outcome.decode(JSON.parse(await readFile(report, 'utf8')));
  if (E.isLeft(outcome)) throw new TypeError('the report of Schemathesis has another shape than expected');
  return outcome.right;
};
