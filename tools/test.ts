import { Run } from './environment/run.ts';
import { type Servers, startServers } from './environment/servers.ts';
import { runMain } from './run-main.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { isMochaKind, type KindResult, KINDS, MOCHA_KINDS, type MochaKind } from './test/kinds.ts';
import { runMochaKind } from './test/mocha-kind.ts';
import { parseTestOptions, type TestOptions, USAGE } from './test/options.ts';
import { runStaticChecks } from './test/static-checks.ts';
import { summarize } from './test/summary.ts';

/*
 * `npm test`: the static checks and every kind of test, against a MySQL and a Kafka brought up for this run. Two kinds
 * run at a time: one that needs the servers beside one that does not; before them, one at a time, those that take every
 * core. Exit code 0 all passed, 1 not, 2 could not run.
 */

const BOUND_MINUTES = 20;

const envOf = ({ mysqlUrl, kafkaBrokers }: Servers): Readonly<Record<string, string>> => ({
  MYSQL_URL: mysqlUrl,
  KAFKA_BROKERS: kafkaBrokers,
});

const runAll = async (run: Run, { kinds, grep, quick }: TestOptions): Promise<readonly KindResult[]> => {
  const bound = AbortSignal.timeout(BOUND_MINUTES * 60_000);
  const mochaKinds = kinds.filter(isMochaKind);
  const inTurn = async (selected: readonly MochaKind[], env: Readonly<Record<string, string>>) => {
    const results: KindResult[] = [];
    for (const kind of selected) results.push(await runMochaKind(kind, { run, grep, env, bound }));
    return results;
  };
  const isAlone = (kind: MochaKind): boolean => MOCHA_KINDS[kind].alone === true;
  const withServers = async (): Promise<readonly KindResult[]> => {
    const selected = mochaKinds.filter((kind) => MOCHA_KINDS[kind].servers);
    return selected.length === 0 ? [] : inTurn(selected, envOf(await startServers({ run })));
  };
  const withoutServers = async (): Promise<readonly KindResult[]> => [
    ...(kinds.includes('static') ? [await runStaticChecks(bound, quick)] : []),
    ...(await inTurn(
      mochaKinds.filter((kind) => !MOCHA_KINDS[kind].servers && !isAlone(kind)),
      {},
    )),
  ];
  const alone = await inTurn(mochaKinds.filter(isAlone), {});
  const results = [alone, ...(await Promise.all([withServers(), withoutServers()]))].flat();
  return results.sort((one, other) => KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
};

const main = async (): Promise<number> => {
  const options = parseTestOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const run = await Run.open();
  stopOnSignal(() => run.close().then(() => process.exit(130)));
  try {
    const results = await runAll(run, options);
    await run.close();
    process.stdout.write(`${summarize(results)}\n`);
    const nothingRan = results.every(({ passed, failed }) => passed + failed === 0);
    return nothingRan || results.some(({ failed }) => failed > 0) ? 1 : 0;
  } finally {
    await run.close();
  }
};

await runMain(main);
