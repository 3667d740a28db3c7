import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { ROOT, runEntry } from './bootstrap.mjs';

/*
 * The operator's and developer's command line, attached to the environment that is up in this checkout: settings that are not set are
 * taken from .order/environment.json, or from the file that ORDERLY_ENVIRONMENT names.
 */

const describeEnvironment = async () => {
  const file = process.env.ORDERLY_ENVIRONMENT ?? join(ROOT, '.order', 'environment.json');
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
};

const settingsOf = (environment) => {
  const { mysqlUrl, kafkaBrokers, topic, operatorToken, reprocessToken, apiUrl, consumerMysqlUrls } = environment;
  const consumers = environment.processes.filter(
    ({ name, url }) => url !== undefined && consumerMysqlUrls[name] !== undefined,
  );
  return {
    MYSQL_URL: mysqlUrl,
    KAFKA_BROKERS: kafkaBrokers,
    ORDER_TOPIC: topic,
    OPERATOR_TOKEN: operatorToken,
    ORDERS_API_URL: apiUrl,
    PROGRESS_URLS: consumers.map(({ name, url }) => `${name}=${url}`).join(','),
    CONSUMER_MYSQL_URLS: Object.entries(consumerMysqlUrls)
      .map(([name, url]) => `${name}=${url}`)
      .join(','),
    // They belong to these consumers and to no others.
    REPROCESS_TOKENS:
      process.env.PROGRESS_URLS || reprocessToken === undefined
        ? undefined
        : consumers.map(({ name }) => `${name}=${reprocessToken}`).join(','),
  };
};

const environment = await describeEnvironment();
// Servers named by hand are other servers: nothing of the environment is mixed with them.
if (environment !== undefined && !process.env.MYSQL_URL)
  for (const [name, value] of Object.entries(settingsOf(environment))) if (value) process.env[name] ||= value;

await runEntry('tools/order.ts');
const needsServers = ['outbox', 'consumers', 'top', 'audit', 'explain', 'migrate', 'doctor'].includes(process.argv[2]);
if (needsServers && process.exitCode === 2 && environment === undefined && !process.env.MYSQL_URL)
  process.stderr.write('order: nothing of this checkout is up; npm start brings it up, and is then found here\n');
