import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import { decodeToolConfig, describeConfigProblem } from './infrastructure/config.ts';
import type { Environment } from './infrastructure/config.ts';
import { createMySqlPool } from './infrastructure/mysql/mysql-pool.ts';
import { MySqlSchemaMigrations } from './infrastructure/mysql/mysql-schema-migrations.ts';
import type { MigrationServices, SettingsRefused } from './interfaces/cli/operator-services.ts';
import { runOrderCli } from './interfaces/cli/order-cli.ts';
import type { ExitCode, Terminal } from './interfaces/cli/terminal.ts';

const MIGRATIONS = fileURLToPath(new URL('./infrastructure/mysql/migrations', import.meta.url));

/** Runs one command of the operator's CLI. */
export const runOrder = (argv: readonly string[], env: Environment, terminal: Terminal): Promise<ExitCode> => {
  const openMigrations = (): MigrationServices | SettingsRefused => {
    const config = decodeToolConfig(env);
    if (E.isLeft(config)) return { _tag: 'SettingsRefused', problems: config.left.map(describeConfigProblem) };
    const pool = createMySqlPool(config.right.mysql);
    return {
      migrations: new MySqlSchemaMigrations(pool, config.right.mysql.url, MIGRATIONS),
      close: () => pool.end(),
    };
  };
  return runOrderCli(argv, { openMigrations }, terminal);
};
