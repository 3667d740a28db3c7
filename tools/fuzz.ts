import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from './environment/environment-error.ts';
import { startEnvironment } from './environment/start-environment.ts';
import { stderrProgress } from './environment/progress.ts';
import { readFuzzOptions } from './fuzz/fuzz-options.ts';
import { readWritten } from './fuzz/half-written.ts';
import { obtainSchemathesis, runSchemathesis } from './fuzz/schemathesis.ts';
import { runMain } from './run-main.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/*
 * `npm run fuzz -- --examples N --seed S`: Schemathesis makes requests from /openapi.json, valid and not, alone and one
 * after the other, against an API of its own with a real MySQL. Exit code 0: each answer is one that the document names,
 * none a 5xx, and nothing is written by half; 1: not so, or an operation was not tried in full, or the API did not come up;
 * 2: could not run, because there is no Python or no Schemathesis to be had, or the arguments are bad. With `--install-only`
 * it gets Schemathesis and nothing more.
 */

const main = async (): Promise<number> => {
  const options = readFuzzOptions(process.argv.slice(2));
  const directory = await mkdtemp(join(tmpdir(), 'orderly-fuzz-'));
  let stop = (): Promise<void> => rm(directory, { recursive: true, force: true });
  stopOnSignal(() => stop());
  try {
    const program = await obtainSchemathesis(stderrProgress);
    if (options.installOnly) return 0;
    // Where requests could be made, an API to make them to that does not come up is a failure, and not a run that could not be.
    const environment = await startEnvironment({ roles: ['api'], directory }).catch((cause: unknown) => {
      throw new Error(`the API did not come up: ${messageOf(cause)}`, { cause });
    });
    const remove = stop;
    stop = async () => {
      await environment.stop();
      await remove();
    };
    const asked = await runSchemathesis(program, environment.apiUrl, environment.operatorToken, {
      ...options,
      directory,
    });
    const { orders, events, broken } = await readWritten(environment.mysqlUrl);
    const { generated, with_failures: failed, errored } = asked.test_cases;
    process.stdout.write(
      [
        `${generated} cases of ${asked.operations.tested} operations, ${failed} with a wrong answer, ${errored} that could not be sent`,
        `${orders} orders with ${events} events, ${broken.length === 0 ? 'nothing written by half' : broken.join('; ')}`,
        `again: npm run fuzz -- --examples ${options.examples} --seed ${options.seed}`,
        '',
      ].join('\n'),
    );
    for (const { title, count } of asked.errors) process.stdout.write(`not run as it should: ${title} (${count})\n`);
    const { total, tested } = asked.operations;
    const isRun = asked.complete && errored === 0 && asked.errors.length === 0 && tested === total;
    return isRun && failed === 0 && broken.length === 0 && orders > 0 ? 0 : 1;
  } finally {
    await stop();
  }
};

await runMain(main);
