import type { Environment } from './environment/environment.ts';
import { startEnvironment } from './environment/start-environment.ts';
import { EnvironmentError } from './environment/environment-error.ts';
import { stderrProgress } from './environment/progress.ts';
import { runMain } from './run-main.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/* `npm start`: the service with its consumers, for daily work, until Ctrl-C. `HTTP_PORT` asks for a port of the API. */

const example = (apiUrl: string): string =>
  [
    `curl -i ${apiUrl}/orders \\`,
    `    -H 'content-type: application/json' -H "idempotency-key: $(date +%s%N)" \\`,
    `    -d '{"customerId":"customer-1","lines":[{"sku":"TEA-1","quantity":2,"unitPrice":{"amountMinor":1250,"currency":"EUR"}}]}'`,
  ].join('\n');

const describe = (environment: Environment): string => {
  const roles = environment.processes.filter((name) => name !== 'mysql' && name !== 'kafka');
  return [
    '',
    `API          ${environment.apiUrl}   (documentation: ${environment.apiUrl}/docs)`,
    `Console      ${environment.apiUrl}/console   (token: operatorToken in the file below)`,
    ...roles.filter((name) => name !== 'api').map((name) => `${name.padEnd(12)} ${environment.urlOf(name)}`),
    `MySQL        ${environment.mysqlUrl}`,
    `Kafka        ${environment.kafkaBrokers}   topic ${environment.topic}`,
    `Logs         ${environment.logDirectory}`,
    `Described in ${environment.file}`,
    '',
    'Place an order, then follow it with `npm run order -- explain ORDER_ID`:',
    '',
    `  ${example(environment.apiUrl)}`,
    '',
    'Ctrl-C stops everything.',
    '',
  ].join('\n');
};

const askedPort = (): number | undefined => {
  const text = process.env['HTTP_PORT'];
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new EnvironmentError(`HTTP_PORT is "${text}": expected a whole number from 1 to 65535, or not set`);
  return port;
};

const refuseArguments = (given: readonly string[]): void => {
  if (given.length > 0)
    throw new EnvironmentError(
      `npm start takes no arguments, but was given "${given.join(' ')}"; HTTP_PORT sets the port`,
    );
};

const main = async (): Promise<void> => {
  refuseArguments(process.argv.slice(2));
  // While it comes up nobody has it in hand: the watchdog ends what was started once this process is gone.
  let stop = (): Promise<void> => process.exit(130);
  stopOnSignal(() => stop());
  const apiPort = askedPort();
  const environment = await startEnvironment(apiPort === undefined ? {} : { apiPort });
  stop = async () => {
    stderrProgress('stopping');
    await environment.stop();
    stderrProgress('stopped; orders and logs are removed');
  };
  process.stdout.write(`${describe(environment)}\n`);
};

await runMain(main);
