import { Argument, InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import type { OperatorServicesFactory } from './operator-services.ts';
import type { OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface GrantsOptions extends OutputOptions {
  readonly user?: string;
  readonly host: string;
  readonly database?: string;
}

/** Names that are SQL as they stand, between their quotes. */
const plainName =
  (what: string, pattern: RegExp) =>
  (text: string): string => {
    if (!pattern.test(text)) throw new InvalidArgumentError(`It must be ${what}.`);
    return text;
  };
const userName = plainName('1 to 32 of letters, digits, ".", "_" and "-"', /^[A-Za-z0-9._-]{1,32}$/);
const hostPattern = plainName('a host name or address, "%" for any part of it', /^[A-Za-z0-9._:%/-]{1,255}$/);
const databaseName = plainName('1 to 64 of letters, digits, "_", "$" and "-"', /^[A-Za-z0-9_$-]{1,64}$/);

/** A consumer has none of the service's. */
const databaseOf = (role: string): string | undefined => (role === 'consumer' ? undefined : 'orders');

/** `order grants ROLE` */
export const addGrantsCommand = (
  program: Command,
  { grants }: Pick<OperatorServicesFactory, 'grants'>,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  program
    .command('grants')
    .description('print the SQL that gives a MySQL user what its role needs and nothing else; changes nothing itself')
    .addArgument(new Argument('<role>', 'what the user is for').choices([...grants.keys()]))
    .option('--user <name>', 'name of the user, which exists (default: orderly_ROLE)', userName)
    .option('--host <pattern>', 'from where it connects', hostPattern, '%')
    .option('--database <name>', 'database: of the service, migrated (default: orders), or of a consumer', databaseName)
    .option('--json', 'JSON on stdout')
    .action((role: string, options: GrantsOptions, command: Command) => {
      const { user = `orderly_${role}`, host, database = databaseOf(role), json } = options;
      if (database === undefined) return command.error('--database: a consumer has one of its own, name it');
      const statements = grants.get(role)?.(database, { user, host }) ?? [];
      for (const line of json === true ? [JSON.stringify(statements, null, 2)] : statements) terminal.out(line);
      finish(0);
    });
};
