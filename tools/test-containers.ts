import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lackingForOwnEngine, type OwnEngine, startOwnEngine } from './containers/own-engine.ts';
import { type LocalImages, makeLocalImages } from './containers/local-images.ts';
import { type DockerEngine, findDockerEngine } from './environment/docker-engine.ts';
import { EnvironmentError, messageOf } from './environment/environment-error.ts';
import { stderrProgress } from './environment/progress.ts';
import { Run } from './environment/run.ts';
import { runMain } from './run-main.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { runMochaKind } from './test/mocha-kind.ts';
import { summarize } from './test/summary.ts';

/*
 * `npm run test:containers`: the image of the service, made here, with MySQL and Kafka in containers as well, all of it by an engine that is
 * there. Exit code 0 all passed, 1 not, 2 nothing was run, above all because there is no engine: that is no pass.
 */

/** Of all of it, from the start of this process; CI ends what takes a minute more. */
const BOUND_MS = 450_000;
const USAGE = `npm run test:containers -- [--install-engine]

  --install-engine  where no Docker engine is there: unpack Debian's into the cache and run it as root for this run; nothing
                    is installed`;

const optionsOf = (args: readonly string[]): { readonly installEngine: boolean; readonly help: boolean } => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        'install-engine': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { installEngine: values['install-engine'], help: values.help };
  } catch (cause) {
    throw new EnvironmentError(messageOf(cause), { cause });
  }
};

/** The engine that is there, or one of this run's own. @throws when there is neither. */
const obtainEngine = async (run: Run, mayInstall: boolean): Promise<OwnEngine> => {
  const found = await findDockerEngine(false);
  if (typeof found !== 'string') return { engine: found, stop: () => Promise.resolve() };
  if (!mayInstall)
    throw new EnvironmentError(
      `not run: no Docker engine (${found}); as root, --install-engine brings one for this run`,
    );
  const lacking = await lackingForOwnEngine();
  if (lacking.length > 0)
    throw new EnvironmentError(`not run: no Docker engine (${found}), nor ${lacking.join(', ')} to bring one`);
  return startOwnEngine(run, stderrProgress);
};

const socketOf = ({ at, connection }: DockerEngine): string =>
  connection.socketPath === undefined ? at : `unix://${connection.socketPath}`;

interface Prepared {
  readonly engine: DockerEngine;
  readonly images: LocalImages;
}

const makeImages = async (run: Run, engine: DockerEngine): Promise<LocalImages> => {
  const work = join(run.directory, 'images');
  await mkdir(work);
  return makeLocalImages(engine, work, stderrProgress);
};

/** What comes of `work`, unless `bound` is aborted before. */
const within = <T>(bound: AbortSignal, work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    once(bound, 'abort').then(() => {
      throw new Error('the time for all of it was over, or it was interrupted, before the first test');
    }),
  ]);

const runTests = async (run: Run, { engine, images }: Prepared, bound: AbortSignal): Promise<number> => {
  const result = await runMochaKind('containers', {
    run,
    grep: undefined,
    env: {
      DOCKER_HOST: socketOf(engine),
      TESTCONTAINERS_RYUK_DISABLED: 'true',
      ORDERLY_SERVERS: 'docker',
      MYSQL_IMAGE: images.mysql,
      KAFKA_IMAGE: images.kafka,
      ORDERLY_IMAGE: images.service,
      BUILD_IMAGE: images.nodeBuild,
      RUNTIME_IMAGE: images.nodeRuntime,
    },
    bound,
  });
  process.stdout.write(`${summarize([result])}\n`);
  return result.failed > 0 || result.passed === 0 ? 1 : 0;
};

const main = async (): Promise<number> => {
  const { installEngine, help } = optionsOf(process.argv.slice(2));
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const run = await Run.open();
  const interrupted = new AbortController();
  let stop = (): Promise<void> => run.close();
  stopOnSignal(async () => {
    interrupted.abort();
    await stop();
    process.exit(130);
  });
  const timeout = AbortSignal.timeout(Math.max(0, Math.round(BOUND_MS - performance.now())));
  const bound = AbortSignal.any([timeout, interrupted.signal]);
  const prepare = async (): Promise<Prepared> => {
    const own = await obtainEngine(run, installEngine);
    stop = () => own.stop().finally(() => run.close());
    return { engine: own.engine, images: await makeImages(run, own.engine) };
  };
  try {
    return await runTests(run, await within(bound, prepare()), bound);
  } finally {
    await stop();
  }
};

await runMain(main);
