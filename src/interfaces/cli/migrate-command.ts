import type { Command } from 'commander';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { OperatorServicesFactory } from './operator-services.ts';
import { show, withServices } from './run-command.ts';
import type { OutputOptions } from './run-command.ts';
import type { ExitCode, Terminal } from './terminal.ts';

interface MigrateOptions extends OutputOptions {
  readonly dryRun?: true;
}

/** `order migrate` */
export const addMigrateCommand = (
  program: Command,
  factory: Pick<OperatorServicesFactory, 'openMigrations'>,
  terminal: Terminal,
  finish: (code: ExitCode) => void,
): void => {
  program
    .command('migrate')
    .description('bring the database schema up to date; forward only, safe to repeat and to run twice at once')
    .option('--dry-run', 'name what would be applied, change nothing')
    .option('--json', 'JSON on stdout')
    .action(async ({ dryRun, json }: MigrateOptions) => {
      const code = await withServices(factory.openMigrations, terminal, ({ migrations }) => {
        const names = dryRun === true ? migrations.pending() : migrations.apply();
        const field = dryRun === true ? 'pending' : 'applied';
        return show(
          pipe(
            names,
            TE.map((files) => ({ [field]: files })),
          ),
          terminal,
          json === undefined ? {} : { json },
          (answer) => {
            const files = answer[field] ?? [];
            return files.length === 0 ? ['the schema is up to date'] : files.map((file) => `${field} ${file}`);
          },
        );
      });
      finish(code);
    });
};
